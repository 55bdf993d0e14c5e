/** Only seedrandom's default generator, without the six others of its index. */
declare module 'seedrandom/seedrandom.js' {
  export { default } from 'seedrandom';
}
