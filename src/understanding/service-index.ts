import type { Service } from '../salon/salon.ts'
import { editDistance } from './time-phrases/edit-distance.ts'
import { fold, type Word } from './words.ts'
import type { Named } from './reading.ts'

type Entry = { id: string; stems: Set<string>; category: string }

export type ServiceFind = { named: Named; start: number; end: number }

export type ServiceIndex = {
  /** Every service or kind of service named by these words, in reading order. */
  find(text: string, words: Word[]): ServiceFind[]
}

/** Different words for one thing, in salons' own and in clients' language; two-word forms are joined first. */
const sameAs: Record<string, string> = {
  colour: 'color', coloring: 'color', colouring: 'color', colored: 'color', dye: 'color', tint: 'color', haircolor: 'color', haircolour: 'color', haircut: 'cut', hairdo: 'style', snip: 'cut', chop: 'cut', restyle: 'restyle', hilite: 'highlight', hilight: 'highlight', highlite: 'highlight', foil: 'highlight',
  blowout: 'blowdry', blowdrying: 'blowdry', blowwave: 'blowdry', mani: 'manicure', manis: 'manicure', pedi: 'pedicure', pedis: 'pedicure', women: 'women', womens: 'women', woman: 'women', lady: 'women', ladies: 'women', ladys: 'women', female: 'women',
  mens: 'men', man: 'men', gent: 'men', gents: 'men', male: 'men', kid: 'child', kids: 'child', children: 'child', childrens: 'child', boy: 'child', girl: 'child', touchup: 'touchup', retouch: 'touchup', roots: 'root', regrowth: 'root', eyebrow: 'brow', lash: 'lash', eyelash: 'lash',
  balyage: 'balayage', balayge: 'balayage', ballayage: 'balayage', baliage: 'balayage', conditioner: 'conditioning', consult: 'consultation', waxing: 'wax', updos: 'updo', upstyle: 'updo', smoothing: 'smoothing', bangs: 'fringe', bang: 'fringe', toning: 'toner', glaze: 'gloss', glossing: 'gloss', styling: 'style', massages: 'massage',
}

/** Neighbours that are written as one or two words. */
const joined = new Set(['blowdry', 'blowout', 'blowwave', 'touchup', 'updo', 'haircut', 'haircolor', 'haircolour', 'upstyle'])

/** What a salon may be asked for without having it: read, so that the desk can say that it does not. */
const trade = new Set('perm pedicure manicure extension braid cornrow loc botox filler threading tattoo piercing lash wax facial massage sauna tan microblading balayage highlight blowdry keratin updo toner gloss beard shave haircut fringe'.split(' '))

/** Words that only narrow a service down: none is one by itself. */
const weak = new Set('full partial half men women child deep express touchup gel hair classic mini long short new first style up press trial scalp tissue swedish hot stone tint all over with and the a of special correction extra bikini sport treatment'.split(' '))

/** Long service words may be written with one letter wrong. */
const longWord = 6

export function indexServices(services: Pick<Service, 'id' | 'name' | 'category'>[]): ServiceIndex {
  const entries: Entry[] = services.map(({ id, name, category }) => ({ id, stems: new Set(stemsOf(name)), category: stem(fold(category)) }))
  const known = new Set(entries.flatMap(({ stems, category }) => [...stems, category]).filter((each) => !['the', 'and', 'a', 'of', 'with', 'for', 'up', 'over', 'all', 'new'].includes(each)))
  const longKnown = [...known].filter((each) => each.length >= longWord)

  function read(folded: string): string | undefined {
    const own = stem(folded)
    if (known.has(own) || trade.has(own)) return own
    // "trim" is a cut where no service is called so.
    if (own === 'trim' && known.has('cut')) return 'cut'
    if (own === 'blowdry' || own.length < longWord) return undefined
    return longKnown.find((each) => each[0] === own[0] && editDistance(each, own) === 1)
  }

  /** Services that have all these words; `loose`: else those that have most of them. */
  function resolve(stems: string[], loose: boolean): string[] {
    const wanted = [...new Set(stems)]
    const exact = entries.filter((entry) => entry.stems.size === wanted.length && wanted.every((each) => entry.stems.has(each)))
    if (exact.length > 0) return ids(exact)
    const category = wanted.length === 1 ? entries.filter((entry) => entry.category === wanted[0]) : []
    if (category.length > 0) return ids(category)
    const containing = entries.filter((entry) => wanted.every((each) => entry.stems.has(each) || entry.category === each))
    if (containing.length > 0 || !loose) return ids(containing)
    const scored = entries.map((entry) => ({ entry, common: wanted.filter((each) => entry.stems.has(each) && !weak.has(each)).length }))
    const best = Math.max(0, ...scored.map(({ common }) => common))
    return best === 0 ? [] : ids(scored.filter(({ common }) => common === best).map(({ entry }) => entry))
  }

  return {
    find(text, words) {
      const finds: ServiceFind[] = []
      for (let i = 0; i < words.length; i++) {
        // "Cut & blowdry" may be one service, or two of which the first is read first.
        const whole = runFrom(text, words, i, /^['’]?s?[ ,&/-]*$/)
        if (whole === undefined) continue
        const strict = resolve(whole.stems, false)
        const run = strict.length > 0 ? whole : (runFrom(text, words, i, /^['’]?s?[ -]*$/) ?? whole)
        const resolved = strict.length > 0 ? strict : resolve(run.stems, true)
        const [start, end] = [words[i]!.start, words[run.last]!.end]
        finds.push({ named: { text: text.slice(start, end), ids: resolved, match: resolved.length > 0 ? 'exact' : 'none' }, start, end })
        i = run.last
      }
      return finds
    },
  }

  /** The service words that follow one another from the i-th on; undefined when there are only narrowing ones. */
  function runFrom(text: string, words: Word[], i: number, joint: RegExp): { stems: string[]; last: number } | undefined {
    const stems: string[] = []
    let last = i - 1
    for (let j = i; j < words.length; j++) {
      if (j > i && !joint.test(text.slice(words[j - 1]!.end, words[j]!.start))) break
      const two = words[j]!.folded + (words[j + 1]?.folded ?? '')
      const isTwo = words[j + 1] !== undefined && joined.has(two) && !joined.has(words[j]!.folded) && (known.has(stem(two)) || trade.has(stem(two)))
      const one = read(isTwo ? two : words[j]!.folded)
      if (one === undefined) break
      stems.push(one)
      if (isTwo) j++
      last = j
    }
    return stems.some((each) => !weak.has(each)) ? { stems, last } : undefined
  }
}

function ids(entries: Entry[]): string[] {
  return entries.map(({ id }) => id)
}

function stemsOf(name: string): string[] {
  const words = name.split(/[\s/&,+]+/).map(fold).filter((word) => word !== '')
  const stems: string[] = []
  for (let i = 0; i < words.length; i++) {
    const two = words[i]! + (words[i + 1] ?? '')
    if (joined.has(two)) i++
    stems.push(stem(joined.has(two) ? two : words[i]!))
  }
  return stems
}

function stem(folded: string): string {
  const known = sameAs[folded]
  if (known !== undefined) return known
  const single = folded.length > 3 && folded.endsWith('s') && !folded.endsWith('ss') ? folded.slice(0, -1) : folded
  return sameAs[single] ?? single
}
