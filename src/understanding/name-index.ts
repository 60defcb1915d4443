import { fold } from './words.ts'
import { editDistance } from './time-phrases/edit-distance.ts'

export type PersonName = { id: string; firstName: string; lastName: string }

/** Who may be meant by one to three words, best reading first; `match` says how good. */
type NameMatch = { ids: string[]; match: 'exact' | 'nickname' | 'fuzzy' }

export type NameIndex = {
  /** Words that are a whole name ("dana reyes", "reyes dana", "dana r", "d reyes"), spelt right. */
  whole(words: string[]): string[]
  /** One word that is a first or a last name (or a nickname of a first name). */
  part(word: string): NameMatch | undefined
  /** As `part` and `whole`, with one typing error forgiven in each word of four letters or more. */
  nearWhole(first: string, last: string): string[]
  nearPart(word: string): string[]
  /** People with these two initials. */
  initials(two: string): string[]
}

const nicknames: Record<string, string> = {
  liz: 'elizabeth', lizzie: 'elizabeth', beth: 'elizabeth', betty: 'elizabeth', eliza: 'elizabeth', kate: 'katherine', katie: 'katherine', kathy: 'katherine', kat: 'katherine', cathy: 'catherine',
  mike: 'michael', bob: 'robert', rob: 'robert', bobby: 'robert', robbie: 'robert', will: 'william', bill: 'william', billy: 'william', tom: 'thomas', tommy: 'thomas', jen: 'jennifer', jenny: 'jennifer', sam: 'samantha',
  alex: 'alexander', lexi: 'alexandra', chris: 'christopher', chrissy: 'christina', tina: 'christina', nick: 'nicholas', dan: 'daniel', danny: 'daniel', dave: 'david', steve: 'stephen', matt: 'matthew', joe: 'joseph', tony: 'anthony',
  meg: 'megan', maggie: 'margaret', peggy: 'margaret', pat: 'patricia', patty: 'patricia', becky: 'rebecca', becca: 'rebecca', vicky: 'victoria', tori: 'victoria', gabe: 'gabriel', jess: 'jessica', jessie: 'jessica', abby: 'abigail',
  andy: 'andrew', ben: 'benjamin', ed: 'edward', eddie: 'edward', fred: 'frederick', greg: 'gregory', jim: 'james', jimmy: 'james', ken: 'kenneth', ron: 'ronald', sue: 'susan', tim: 'timothy', zach: 'zachary', zack: 'zachary', val: 'valerie',
  steph: 'stephanie', nate: 'nathan', mandy: 'amanda', angie: 'angela', barb: 'barbara', debbie: 'deborah', deb: 'deborah', ellie: 'eleanor', fran: 'frances', izzy: 'isabel', jackie: 'jacqueline', josh: 'joshua', kim: 'kimberly', larry: 'lawrence',
  mel: 'melissa', nat: 'natalie', nicky: 'nicole', penny: 'penelope', phil: 'philip', rick: 'richard', dick: 'richard', sandy: 'sandra', sasha: 'alexandra', ted: 'theodore', trish: 'patricia', vinny: 'vincent', wendy: 'gwendolyn', charlie: 'charles', pam: 'pamela',
}

/** Indexes names once, for look-ups by any part, in time that does not grow with their number. */
export function indexNames(people: PersonName[]): NameIndex {
  const wholes = new Map<string, string[]>()
  const firsts = new Map<string, string[]>()
  const lasts = new Map<string, string[]>()
  const initialsOf = new Map<string, string[]>()
  for (const { id, firstName, lastName } of people) {
    const first = fold(firstName)
    const last = fold(lastName)
    add(wholes, first + last, id)
    if (last !== '') add(wholes, last + first, id)
    for (const part of parts(firstName)) add(firsts, part, id)
    for (const part of parts(lastName)) add(lasts, part, id)
    if (first !== '' && last !== '') add(initialsOf, first.slice(0, 1) + last.slice(0, 1), id)
  }
  const nearFirst = spellingIndex([...firsts.keys()])
  const nearLast = spellingIndex([...lasts.keys()])

  function withBoth(first: string[], last: string[]): string[] {
    const those = new Set(last)
    return first.filter((id) => those.has(id))
  }

  function near(index: Map<string, string[]>, names: Map<string, string[]>, word: string): string[] {
    return [...new Set(spelledLike(index, word).flatMap((name) => names.get(name) ?? []))]
  }

  return {
    whole(words) {
      const joined = words.map(fold).join('')
      const exact = wholes.get(joined)
      if (exact !== undefined && words.length > 1) return exact
      if (words.length !== 2) return words.length === 1 && exact !== undefined && !firsts.has(joined) && !lasts.has(joined) ? exact : []
      const [a = '', b = ''] = words.map(fold)
      if (b.length === 1) return (firsts.get(a) ?? []).filter((id) => initialsOf.get(a.slice(0, 1) + b)?.includes(id))
      if (a.length === 1) return (lasts.get(b) ?? []).filter((id) => initialsOf.get(a + b.slice(0, 1))?.includes(id))
      return withBoth(firsts.get(a) ?? [], lasts.get(b) ?? [])
    },
    part(word) {
      const exact = [...new Set([...(firsts.get(word) ?? []), ...(lasts.get(word) ?? [])])]
      if (exact.length > 0) return { ids: exact, match: 'exact' }
      const long = nicknames[word]
      const ids = long === undefined ? undefined : firsts.get(long)
      return ids === undefined ? undefined : { ids, match: 'nickname' }
    },
    nearWhole(first, last) {
      const a = firsts.get(first) ?? firsts.get(nicknames[first] ?? '') ?? near(nearFirst, firsts, first)
      return a.length === 0 ? [] : withBoth(a, lasts.get(last) ?? near(nearLast, lasts, last))
    },
    nearPart(word) {
      const ids = near(nearFirst, firsts, word)
      return ids.length > 0 ? ids : near(nearLast, lasts, word)
    },
    initials: (two) => initialsOf.get(two) ?? [],
  }
}

function parts(name: string): string[] {
  const all = [fold(name), ...name.split(/[\s-]+/).map(fold)]
  return [...new Set(all.filter((part, i) => part.length > 1 || (i === 0 && part !== '')))]
}

function add(map: Map<string, string[]>, key: string, id: string): void {
  const ids = map.get(key)
  if (ids === undefined) map.set(key, [id])
  else ids.push(id)
}

/** Each word under itself and under itself with any one letter left out: two words with a common key are near (Garbe's symmetric delete). */
function spellingIndex(words: string[]): Map<string, string[]> {
  const index = new Map<string, string[]>()
  for (const word of words) if (word.length >= 4) for (const key of deletions(word)) add(index, key, word)
  return index
}

/** Known words one typing error away, or two in words of eight letters and more when a common key shows it. */
function spelledLike(index: Map<string, string[]>, word: string): string[] {
  if (word.length < 4) return []
  const near = new Set(deletions(word).flatMap((key) => index.get(key) ?? []))
  const measured = [...near].map((name) => ({ name, distance: editDistance(name, word) })).filter(({ name, distance }) => distance > 0 && distance <= (name.length >= 8 ? 2 : 1))
  const best = Math.min(...measured.map(({ distance }) => distance))
  return measured.filter(({ distance }) => distance === best).map(({ name }) => name).toSorted()
}

function deletions(word: string): string[] {
  return [word, ...Array.from(word, (_, i) => word.slice(0, i) + word.slice(i + 1))]
}
