/** Whole numbers of eight bits with one scale for each run of `runLength` weights: weight ≈ scale × value. */
type Quantized = { values: Int8Array; scales: Float32Array }

/**
 * Symmetric quantization: in each run the largest weight becomes ±127 and zero stays zero. The length of `weights` is a
 * multiple of `runLength`; a run of zeros gets scale 1.
 */
export function quantize({ weights, runLength }: { weights: Float32Array; runLength: number }): Quantized {
  const values = new Int8Array(weights.length)
  const scales = new Float32Array(weights.length / runLength)
  for (let run = 0; run < scales.length; run++) {
    const start = run * runLength
    let largest = 0
    for (let i = start; i < start + runLength; i++) largest = Math.max(largest, Math.abs(weights[i] as number))
    const scale = largest === 0 ? 1 : largest / 127
    scales[run] = scale
    for (let i = start; i < start + runLength; i++) values[i] = Math.round((weights[i] as number) / scale)
  }
  return { values, scales }
}
