const express = require('express');

const db = require('../db');
const catalog = require('../lib/catalog');
const { escapeHtml } = require('../lib/html');
const { page } = require('../views/page');

const router = express.Router();

router.get('/', async (req, res) => {
  res.json(await catalog.listProducts(req.query.sort, req.query.page));
});

router.get('/search', async (req, res) => {
  const products = await catalog.searchProducts(req.query.q);
  if (products.length === 0) {
    return res.send(page('Search', `<p>Nothing found for ${req.query.q}.</p>`));
  }
  res.json(products);
});

router.get('/:id', async (req, res) => {
  const product = await catalog.findProduct(req.params.id);
  if (!product) {
    return res.status(404).send(`<p>There is no product ${escapeHtml(req.params.id)}.</p>`);
  }
  res.json(product);
});

router.get('/:id/stock', async (req, res) => {
  const warehouse = req.query.warehouse;
  const [rows] = await db.query(
    'SELECT amount FROM stock WHERE product_id = ' + req.params.id + ' AND warehouse = ?',
    [warehouse],
  );
  res.json(rows);
});

router.get('/:id/reviews', async (req, res) => {
  const id = parseInt(req.params.id, 10);
  const [rows] = await db.query(`SELECT author, stars, text FROM reviews WHERE product_id = ${id}`);
  res.json(rows);
});

module.exports = router;
