/** Where a neuron's input is summed. */
export class Dendrite {
  /** u(t), so far. Begun as a fraction, so that V8 stores it as a double from the start. */
  potential = 0.5;

  receive(current: number): void {
    this.potential += current;
  }
}
