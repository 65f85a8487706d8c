// Loaded before a program under test: every attempt to reach the network is written to a file, then refused.
// Pipes and files are left alone; only what would leave the process by a socket counts.
/* eslint-disable @typescript-eslint/no-require-imports -- a preload must be CommonJS */

const { appendFileSync } = require('node:fs');
const net = require('node:net');
const dns = require('node:dns');
const dgram = require('node:dgram');

const told = (what) => {
  appendFileSync(process.env.FAULTLINE_TEST_NETWORK_LOG, `${what}\n`);
  throw new Error(`network refused by the test: ${what}`);
};
net.Socket.prototype.connect = (...args) => told(`connect ${JSON.stringify(args[0])}`);
net.Server.prototype.listen = (...args) => told(`listen ${JSON.stringify(args[0])}`);
dgram.createSocket = () => told('datagram socket');
dns.lookup = (name) => told(`look up ${name}`);
