// The package's own types of these two entries import '.', which Node's resolution does not find.

declare module 'msgpackr/pack' {
  export { Packr } from 'msgpackr';
}

declare module 'msgpackr/unpack' {
  export { Unpackr } from 'msgpackr';
}
