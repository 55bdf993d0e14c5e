/** What a loss is called on an axis; `loss` is what the outputs are held to, by name: absent, half the mean squared error. */
export function lossLabel(loss: string | undefined, which = 'Loss'): string {
  return `${which} (${loss ?? 'half mean squared error'})`;
}
