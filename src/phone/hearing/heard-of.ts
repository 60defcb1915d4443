/** Whether of what was said at least all of `mustHear` was heard, going by its words; speech services cut a transcript in their own ways, so marks, case and forms of numbers do not count. Pure. */
export function heardOf({ heard, mustHear }: { heard: string; mustHear: string }): boolean {
  const [got, wanted] = [wordsOf(heard), wordsOf(mustHear)]
  if (wanted.length === 0) return true
  // What was heard may begin earlier (the sentences before it); the words wanted must all be there, in their order, to the last.
  let at = 0
  for (const word of got) if (at < wanted.length && word === wanted[at]) at++
  return at === wanted.length
}

function wordsOf(text: string): string[] {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll(/['’]/g, '').match(/[\p{L}\p{N}]+/gu) ?? []
}
