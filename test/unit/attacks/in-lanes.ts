/** Does something with every item, four at a time, and answers the results in the items' order. */
export async function inLanes<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = []
  const queue = items.entries()
  await Promise.all(Array.from({ length: 4 }, async () => {
    for (const [index, item] of queue) results[index] = await work(item)
  }))
  return results
}
