const db = require('../db');

const PAGE_SIZE = 24;

// Column names cannot be bound as parameters, so the sort key is looked up here.
const SORT_COLUMNS = {
  price: 'p.price',
  name: 'p.name',
  newest: 'p.created_at DESC',
};

async function searchProducts(term) {
  const sql = `SELECT p.id, p.name, p.price FROM products p WHERE p.name LIKE '%${term}%'`;
  const [rows] = await db.query(sql);
  return rows;
}

async function listProducts(sort, page) {
  const orderBy = SORT_COLUMNS[sort] || SORT_COLUMNS.name;
  const offset = (Number(page) || 0) * PAGE_SIZE;
  const [rows] = await db.query(
    `SELECT p.id, p.name, p.price FROM products p ORDER BY ${orderBy} LIMIT ${PAGE_SIZE} OFFSET ${offset}`,
  );
  return rows;
}

async function findProduct(id) {
  const [rows] = await db.query('SELECT * FROM products WHERE id = ?', [id]);
  return rows[0];
}

module.exports = { searchProducts, listProducts, findProduct };
