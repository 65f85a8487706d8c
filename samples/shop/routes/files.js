const fs = require('fs');
const path = require('path');

const express = require('express');

const router = express.Router();

const INVOICES = path.join(__dirname, '..', 'invoices');
const UPLOADS = path.join(__dirname, '..', 'uploads');

router.get('/invoice', (req, res) => {
  fs.readFile(path.join(INVOICES, req.query.file), (error, data) => {
    if (error) {
      return res.sendStatus(404);
    }
    res.type('application/pdf').end(data);
  });
});

router.get('/manual', (req, res) => {
  const name = path.basename(req.query.file);
  res.sendFile(path.join(UPLOADS, 'manuals', name));
});

router.get('/upload', (req, res) => {
  const file = path.resolve(UPLOADS, req.query.path);
  // Symbolic links are not followed on the upload volume.
  if (!file.startsWith(UPLOADS + path.sep)) {
    return res.sendStatus(403);
  }
  res.sendFile(file);
});

router.get('/picture', (req, res) => {
  res.sendFile(UPLOADS + '/pictures/' + req.query.name);
});

module.exports = router;
