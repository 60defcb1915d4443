import type { Fit } from './intent-model.ts'

/** The examples' vectors (one after another) and the fit on them. */
export type Fitted<L extends string> = { vectors: Float32Array; fit: Fit<L> }

const keyBytes = 64

/**
 * The bytes of a fit: the key (SHA-256 in hex, of everything it depends on), for each example the scale of its vector
 * (float32), the vectors (int8, 127 times scale is 1), the weights (float32); little-endian as everywhere Node runs.
 */
export function writeFit({ key, vectors, fit, dimensions }: Fitted<string> & { key: string; dimensions: number }): Buffer {
  const count = vectors.length / dimensions
  const scales = new Float32Array(count)
  const small = new Int8Array(vectors.length)
  for (let i = 0; i < count; i++) {
    const row = vectors.subarray(i * dimensions, (i + 1) * dimensions)
    scales[i] = scaleOf(row)
    for (let k = 0; k < dimensions; k++) small[i * dimensions + k] = Math.round(row[k]! / scales[i]!)
  }
  return Buffer.concat([Buffer.from(key, 'latin1'), new Uint8Array(scales.buffer), new Uint8Array(small.buffer), new Uint8Array(fit.alphas.buffer)])
}

/** What `writeFit` wrote; undefined when the key is another or the length does not fit. */
export function readFit<L extends string>({ bytes, key, count, dimensions, columns }: { bytes: Buffer; key: string; count: number; dimensions: number; columns: L[] }): Fitted<L> | undefined {
  const [scalesAt, smallAt, alphasAt] = [keyBytes, keyBytes + count * 4, keyBytes + count * 4 + count * dimensions]
  if (bytes.byteLength !== alphasAt + count * columns.length * 4 || bytes.toString('latin1', 0, keyBytes) !== key) return undefined
  const floats = (from: number, to: number) => new Float32Array(new Uint8Array(bytes.subarray(from, to)).buffer)
  const scales = floats(scalesAt, smallAt)
  const small = new Int8Array(new Uint8Array(bytes.subarray(smallAt, alphasAt)).buffer)
  // A plain loop: `Float32Array.from` with a function takes thirty times as long for these half million numbers.
  const vectors = new Float32Array(small.length)
  for (let at = 0; at < vectors.length; at++) vectors[at] = small[at]! * scales[Math.floor(at / dimensions)]!
  return { vectors, fit: { columns, alphas: floats(alphasAt, bytes.byteLength) } }
}

/** Vectors as they come back from a file: a fit is made on these, so that it is the same before and after. */
export function rounded({ vectors, dimensions }: { vectors: Float32Array; dimensions: number }): Float32Array {
  const out = new Float32Array(vectors.length)
  for (let from = 0; from < vectors.length; from += dimensions) {
    const row = vectors.subarray(from, from + dimensions)
    const scale = scaleOf(row)
    for (let k = 0; k < dimensions; k++) out[from + k] = (Math.round(row[k]! / scale) + 0) * scale
  }
  return out
}

/** The intents that have examples, in their order. */
export function columnsOf<L extends string>(intents: readonly L[], examples: { intent: L }[]): L[] {
  return intents.filter((intent) => examples.some((example) => example.intent === intent))
}

function scaleOf(row: Float32Array): number {
  return Math.fround(Math.max(...row.map(Math.abs)) / 127)
}
