export { toyEngine as testEngine } from './toy.ts';
