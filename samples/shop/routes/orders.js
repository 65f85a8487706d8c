const express = require('express');

const db = require('../db');

const router = express.Router();

const STATUSES = new Set(['open', 'paid', 'shipped', 'returned']);

const REPORT_TABLES = {
  daily: 'orders_daily',
  monthly: 'orders_monthly',
};

router.get('/', async (req, res) => {
  const { status } = req.query;
  if (!STATUSES.has(status)) {
    return res.status(400).json({ error: 'unknown status' });
  }
  const [orders] = await db.query(`SELECT * FROM orders WHERE status = '${status}'`);
  res.json(orders);
});

router.get('/of/:customer', async (req, res) => {
  const conditions = [`customer = '${req.params.customer}'`];
  if (req.query.open) {
    conditions.push("status = 'open'");
  }
  const [orders] = await db.query('SELECT * FROM orders WHERE ' + conditions.join(' AND '));
  res.json(orders);
});

router.get('/report/:period', async (req, res) => {
  const table = req.params.period === 'monthly' ? REPORT_TABLES.monthly : REPORT_TABLES.daily;
  const [rows] = await db.query(`SELECT day, revenue FROM ${table}`);
  res.json(rows);
});

router.post('/:id/note', async (req, res) => {
  await db.execute('UPDATE orders SET note = ? WHERE id = ?', [req.body.note, req.params.id]);
  res.sendStatus(204);
});

module.exports = router;
