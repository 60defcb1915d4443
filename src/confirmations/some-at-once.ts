/** Does the work for every item, at most `most` at once and begun in order; the results in the order of the items. Fails with the first failure. */
export async function someAtOnce<T, R>({ items, most, work }: { items: readonly T[]; most: number; work: (item: T) => Promise<R> }): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const worker = async () => {
    while (next < items.length) {
      const place = next++
      results[place] = await work(items[place] as T)
    }
  }
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker))
  return results
}
