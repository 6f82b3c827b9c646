export { hashBytes } from './hash';
