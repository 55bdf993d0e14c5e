/** seedrandom's generator alone, without the six others that its index brings. */
declare module 'seedrandom/seedrandom.js' {
  export { default } from 'seedrandom';
}
