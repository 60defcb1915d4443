/** Texts longer than this are passages, which are embedded once and kept in an index. */
const longestText = 300

/** 1,000 vectors of 384 numbers are 1.5 MB. */
const capacity = 1000

type RecentVectors = {
  get(text: string): Float32Array | undefined
  set(text: string, vector: Float32Array): void
}

/** Remembers the vectors of the short texts used last; a `Map` keeps its order of insertion, so its first key is the oldest. */
export function recentVectors(): RecentVectors {
  const vectors = new Map<string, Float32Array>()
  return {
    get(text) {
      const vector = vectors.get(text)
      if (vector === undefined) return undefined
      vectors.delete(text)
      vectors.set(text, vector)
      return vector
    },
    set(text, vector) {
      if (text.length > longestText) return
      vectors.delete(text)
      vectors.set(text, vector)
      const oldest = vectors.size > capacity ? vectors.keys().next().value : undefined
      if (oldest !== undefined) vectors.delete(oldest)
    },
  }
}
