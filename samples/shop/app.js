const express = require('express');

const admin = require('./routes/admin');
const files = require('./routes/files');
const orders = require('./routes/orders');
const products = require('./routes/products');
const users = require('./routes/users');

const app = express();

app.use(express.json());
app.use(express.urlencoded({ extended: false }));

app.use('/products', products);
app.use('/orders', orders);
app.use('/users', users);
app.use('/files', files);
app.use('/admin', admin);

app.get('/healthz', (req, res) => {
  res.json({ ok: true, uptime: process.uptime() });
});

app.listen(process.env.PORT || 3000);
