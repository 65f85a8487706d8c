function page(title, body) {
  return `<!doctype html>
<html>
  <head><title>${title}</title><link rel="stylesheet" href="/shop.css"></head>
  <body><h1>${title}</h1>${body}</body>
</html>`;
}

module.exports = { page };
