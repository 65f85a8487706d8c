const vm = require('vm');

const express = require('express');

const images = require('../lib/images');

const router = express.Router();

const EXPORTS = new Map([
  ['orders', () => 'id;customer;total\n'],
  ['users', () => 'id;email\n'],
]);

router.post('/thumbnail', async (req, res) => {
  await images.resize(req.body.file, req.body.width);
  res.sendStatus(204);
});

router.post('/convert', async (req, res) => {
  await images.convert(req.body.file, req.body.format);
  res.sendStatus(204);
});

// Marketing types discount formulas such as "price * 0.9".
router.post('/discount/preview', (req, res) => {
  const total = vm.runInNewContext(req.body.formula, { price: Number(req.body.price) });
  res.json({ total });
});

router.get('/export/:name', (req, res) => {
  const write = EXPORTS.get(req.params.name);
  if (!write) {
    return res.sendStatus(404);
  }
  res.type('text/csv').send(write());
});

module.exports = router;
