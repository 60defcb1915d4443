/** Turns texts into unit-length vectors whose dot product is their similarity in meaning. */
export type Embedder = {
  /** Names the model and its version; an index built with another one is rebuilt. */
  readonly id: string
  readonly dimensions: number
  /** One vector a text, in order, each of length 1. */
  embed(texts: string[]): Promise<Float32Array[]>
}

/** Cosine similarity of two unit vectors. */
export function similarity(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}
