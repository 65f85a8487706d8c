const crypto = require('crypto');

const axios = require('axios');
const express = require('express');

const db = require('../db');

const router = express.Router();

const LANDING_PAGES = ['/', '/account', '/cart'];

router.post('/login', async (req, res) => {
  const [rows] = await db.execute('SELECT id, salt, hash FROM users WHERE email = ?', [req.body.email]);
  const user = rows[0];
  if (!user || !samePassword(req.body.password, user)) {
    return res.status(401).send('Wrong e-mail address or password.');
  }
  res.redirect(req.query.next || '/account');
});

router.post('/logout', (req, res) => {
  const next = LANDING_PAGES.includes(req.body.next) ? req.body.next : '/';
  res.redirect(next);
});

router.post('/avatar', async (req, res) => {
  const image = await axios.get(req.body.url, { responseType: 'arraybuffer' });
  await db.execute('UPDATE users SET avatar = ? WHERE id = ?', [image.data, req.body.id]);
  res.sendStatus(204);
});

router.get('/gravatar', async (req, res) => {
  const email = String(req.query.email).trim().toLowerCase();
  const id = crypto.createHash('sha256').update(email).digest('hex');
  const image = await axios.get(`https://gravatar.example.com/avatar/${id}`, { responseType: 'stream' });
  image.data.pipe(res);
});

function samePassword(password, user) {
  const given = crypto.scryptSync(password, user.salt, 32);
  return crypto.timingSafeEqual(given, Buffer.from(user.hash, 'hex'));
}

module.exports = router;
