const { exec, execFile } = require('child_process');
const path = require('path');
const { promisify } = require('util');

const run = promisify(exec);
const runFile = promisify(execFile);

const FORMATS = ['png', 'jpeg', 'webp'];

function resize(source, width) {
  return run(`convert ${source} -resize ${width} out/thumbnail.png`);
}

function convert(source, format) {
  if (!FORMATS.includes(format)) {
    throw new Error('unsupported image format');
  }
  return runFile('convert', [path.join('uploads', path.basename(source)), `out/converted.${format}`]);
}

module.exports = { resize, convert };
