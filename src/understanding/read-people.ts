import type { Directory } from './make-directory.ts'
import type { NameIndex } from './name-index.ts'
import type { Named } from './reading.ts'
import { isAlsoGivenName, isGrammar, isOrdinary, type Word } from './words.ts'

/** Somebody named at a place of the text; `client` and `staff` both when the name and the words around leave it open. */
export type PersonFind = { client?: Named; staff?: Named; start: number; end: number; possessive: boolean }

type Hit = { client: Named | undefined; staff: Named | undefined; length: number; possessive: boolean }

/** After these words somebody's name follows. */
const leadsToName = new Set(
  `move moving cancel cancelling book booking rebook reschedule rescheduling call called calling ring rang phone phoned text texted find serch search lookup up about for to client clients named called is are has does did was when's when whens where's who's whos what's whats
  tell told reach reached tried try with mark set put add give offer squeeze fit get bring push shift switch swap bump check flag skip skipped remove take drop schedule pencil from on meet see saw seen let have can could will would ask asked spoke spoken talked talk
  cxl confirm confirmed note notes message messaged voicemail vm meant mean of and or by saw sorry no name's`.split(/\s+/),
)

/** Only somebody can be moved, called or looked up: the next word is a name even if nobody here has it. */
const onlyName = new Set('move cancel reschedule rebook cxl called named phone rang ring texted client find bump postpone'.split(' '))

/** After a name, these tell that it was one. */
const followsName = /^(?:['’]s\b|is\b|was\b|has\b|wants?\b|needs?\b|can['’]?t\b|cannot\b|can\b|didn['’]?t\b|did\b|isn['’]?t\b|says?\b|said\b|confirmed\b|cancelled\b|called\b|rang\b|never\b|just\b|no[- ]show|called\b|asked\b|arrived\b|won['’]?t\b|would\b|wont\b|in\b|to\b|from\b|for\b|on\b|at\b|off\b|down\b|back\b|[:,.?!]|$)/i

const staffAfter = /^(?:['’]s?)?\s*(?:next\s+)?(?:clients?\b|schedule|day\b|books?\b(?!ing|ed)|column|chair|calendar|diary|shifts?\b|gaps?\b|hole\b|openings?\b|slots?\b|availability|hours\b|list\b|afternoon|morning|monday|tuesday|wednesday|thursday|friday|saturday|sunday|next\b|free\b|available\b|working\b|busy\b|fully\b|booked up|booked solid|off\b|have (?:any|a|an)\b|has a (?:gap|hole|opening|slot)|got\b|fit\b|squeeze\b|do a\b|doing\b|seeing\b|take\b|have\b)/i
const staffBefore = /(?:\bwith|\bby|\bunder|\bsee|\bseeing|\bstylist|\btherapist|\bfor stylist|waiting for|openings? (?:does|with)|(?:slots?|openings?|gaps?|availability|times?) (?:does|has|for)|who(?:'s| is| does) .*)\s+$/i
const clientBefore = /(?:\bmove|\breschedule|\brebook|\bcancel|\bcancelling|\bbook|\bcall|\bcalled|\bring|\brang|\btext|\bphone|tell me about|\babout|\bnote (?:on|for)|\bmark|check in|\bclient|\bspoke (?:to|with)|\btalked to|\breached|\bsay to|\bsqueeze|\bput|\bgive|\boffer|\bpush|\bbump|\bremove)\s+$/i
const clientAfter = /^\s*(?:confirmed|cancelled|canceled|didn['’]?t|did not|isn['’]?t answering|is here|['’]s here|arrived|has arrived|wants?\b|needs?\b|no[- ]show|coming|booked for|been before|called to)/i

/**
 * Everybody named in a text. A spelling that fits is preferred to a nickname, that to a typing error; several people
 * of one name all come back. A name of both a client and a staff member is settled by the words around it, else
 * returned as both. Ordinary words ("will", "may", "mark") are names only where a name must stand.
 */
export function readPeople({ text, words, directory }: { text: string; words: Word[]; directory: Directory }): PersonFind[] {
  const finds: PersonFind[] = []
  for (let i = 0; i < words.length; i++) {
    const hit = wholeName({ text, words, i, directory }) ?? oneName({ text, words, i, directory }) ?? unknownName({ text, words, i })
    if (hit === undefined) continue
    const [first, last] = [words[i]!, words[i + hit.length - 1]!]
    const roles = hit.client !== undefined && hit.staff !== undefined ? byRole(hit, text.slice(0, first.start), text.slice(last.end)) : hit
    finds.push({ ...(roles.client && { client: roles.client }), ...(roles.staff && { staff: roles.staff }), start: first.start, end: last.end, possessive: hit.possessive })
    i += hit.length - 1
  }
  return finds
}

type Place = { text: string; words: Word[]; i: number; directory: Directory }

function wholeName({ text, words, i, directory }: Place): Hit | undefined {
  for (const length of [3, 2]) {
    const some = words.slice(i, i + length)
    if (some.length < length || !adjacent(text, some)) continue
    if (some.slice(0, -1).some((word) => word.possessive)) continue
    const spelt = some.map(({ folded }) => folded)
    if (spelt.some(isGrammar) && !(some.every((word) => isCapital(word)))) {
      // "may i", "do so": two people called Do and So would have to be written with capitals.
      continue
    }
    if (length === 2 && spelt[1]!.length === 1 && !/^[A-Z]$/.test(some[1]!.raw) && isOrdinary(spelt[0]!)) continue
    const match = (index: NameIndex): Named | undefined => {
      const exact = index.whole(spelt)
      if (exact.length > 0) return { text: text.slice(some[0]!.start, some.at(-1)!.end), ids: exact, match: 'exact' }
      // "grant bells 2:45": the possessive without its apostrophe.
      const own = spelt.at(-1)!.endsWith('s') ? index.whole([...spelt.slice(0, -1), spelt.at(-1)!.slice(0, -1)]) : []
      if (own.length > 0) return { text: text.slice(some[0]!.start, some.at(-1)!.end - 1), ids: own, match: 'exact' }
      const near = length === 2 && !spelt.some(isOrdinary) ? index.nearWhole(spelt[0]!, spelt[1]!) : []
      return near.length > 0 ? { text: text.slice(some[0]!.start, some.at(-1)!.end), ids: near, match: 'fuzzy' } : undefined
    }
    const client = match(directory.clients)
    const staff = match(directory.staff)
    if (client === undefined && staff === undefined) continue
    const best = client?.match === 'exact' || staff?.match === 'exact' ? 'exact' : 'fuzzy'
    return { client: client?.match === best ? client : undefined, staff: staff?.match === best ? staff : undefined, length, possessive: some.at(-1)!.possessive || [client, staff].some((named) => named !== undefined && named.match === 'exact' && named.text.length < some.at(-1)!.end - some[0]!.start) }
  }
  return undefined
}

function oneName({ text, words, i, directory }: Place): Hit | undefined {
  const word = words[i]!
  const lead = words[i - 1]?.folded ?? ''
  const leads = leadsToName.has(lead)
  if (isGrammar(word.folded) || /^\d+$/.test(word.folded)) return undefined
  if (isOrdinary(word.folded) && !mayBeName({ text, words, i })) return undefined
  for (const spelt of [word.folded, ...(word.folded.endsWith('s') ? [word.folded.slice(0, -1)] : [])]) {
    if (isOrdinary(spelt) && spelt !== word.folded) continue
    const client = directory.clients.part(spelt)
    const staff = directory.staff.part(spelt)
    const cut = spelt !== word.folded
    if (client === undefined && staff === undefined) continue
    const best = client?.match === 'exact' || staff?.match === 'exact' ? 'exact' : 'nickname'
    const named = (found: typeof client): Named | undefined => (found?.match === best ? { text: cut ? word.raw.slice(0, -1) : word.raw, ...found } : undefined)
    // A second name that nobody of that first name has is somebody else: "Dana Smith" is not Dana Reyes.
    const stranger = cut || word.possessive ? undefined : strangerAfter(text, words, i)
    if (stranger !== undefined) return { client: { text: text.slice(word.start, stranger.end), ids: [], match: 'none' }, staff: undefined, length: 2, possessive: stranger.possessive }
    return { client: named(client), staff: named(staff), length: 1, possessive: word.possessive || cut }
  }
  if (/^[A-Z]{2}$/.test(word.raw) && leads && !['PM', 'AM', 'OK', 'ID', 'VM', 'TV'].includes(word.raw)) {
    const ids = directory.clients.initials(word.folded)
    if (ids.length > 0) return { client: { text: word.raw, ids, match: 'nickname' }, staff: undefined, length: 1, possessive: word.possessive }
  }
  if (isOrdinary(word.folded)) return undefined
  const likelyName = leads || word.possessive || (i > 0 && isCapital(word)) || (i === 0 && followsName.test(text.slice(word.end).trimStart()))
  if (!likelyName) return undefined
  for (const spelt of [word.folded, ...(word.folded.endsWith('s') ? [word.folded.slice(0, -1)] : [])]) {
    const client = directory.clients.nearPart(spelt)
    const staff = directory.staff.nearPart(spelt)
    const named = (ids: string[]): Named | undefined => (ids.length > 0 ? { text: word.raw, ids, match: 'fuzzy' } : undefined)
    if (client.length > 0 || staff.length > 0) return { client: named(client), staff: named(staff), length: 1, possessive: word.possessive }
  }
  return undefined
}

/** Somebody nobody here is called like: only where nothing but a name can stand. */
function unknownName({ text, words, i }: Omit<Place, 'directory'>): Hit | undefined {
  const word = words[i]!
  if (isOrdinary(word.folded) || word.folded.length < 3 || /\d/.test(word.folded)) return undefined
  const lead = words[i - 1]?.folded ?? ''
  const capital = isCapital(word) && i > 0 && leadsToName.has(lead)
  const bare = onlyName.has(lead) && followsName.test(text.slice(word.end).trimStart())
  const owner = word.possessive && leadsToName.has(lead)
  if (!capital && !bare && !owner) return undefined
  const second = words[i + 1]
  const two = second !== undefined && !word.possessive && adjacent(text, [word, second]) && !isOrdinary(second.folded) && (isCapital(second) || bare)
  return { client: { text: text.slice(word.start, two ? second.end : word.end), ids: [], match: 'none' }, staff: undefined, length: two ? 2 : 1, possessive: two ? second.possessive : word.possessive }
}

function strangerAfter(text: string, words: Word[], i: number): Word | undefined {
  const [word, next] = [words[i]!, words[i + 1]]
  if (next === undefined || !isCapital(word) || !isCapital(next) || !adjacent(text, [word, next])) return undefined
  // Titles and shouting are no second names.
  return isOrdinary(next.folded) || next.raw === next.raw.toUpperCase() || next.folded.length < 2 ? undefined : next
}

/** Whether an everyday word stands where only a name can: "is will coming", "may's 3pm", "for Mark", "move may to". */
function mayBeName({ text, words, i }: Omit<Place, 'directory'>): boolean {
  const word = words[i]!
  const after = text.slice(word.end)
  if (i > 0 && isCapital(word) && !/[.?!]\s*$/.test(text.slice(0, word.start)) && word.raw !== word.raw.toUpperCase()) return true
  if (!isAlsoGivenName(word.folded)) return false
  if (word.possessive) return true
  const lead = words[i - 1]?.folded ?? ''
  const asObject = ['move', 'cancel', 'reschedule', 'call', 'ring', 'about', 'with', 'from', 'for', 'reach', 'find', 'told', 'client', 'book', 'rebook', 'phone', 'meant', 'to'].includes(lead)
  const next = words[i + 1]?.folded ?? ''
  if (asObject) return next === '' || isGrammar(next) || /^\s*[^\p{L}\s]/u.test(after) || ['coming', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday', 'tomorrow', 'today', 'tmrw'].includes(next)
  const asSubject = ['is', 'has', 'does', 'did', 'when', 'whens', 'was', 'can', 'could', 'would', 'should'].includes(lead) && /^\s*(?:coming|come\b|make\b|be\b|move\b|in\b|been|here|booked|have\b|still|confirmed|confirm|due|next|a\b|usually|get\b|ever|last|late)/i.test(after)
  const opens = i === 0 && /^\s*(?:didn['’]?t|did not|confirmed|cancelled|is here|has arrived|arrived|just arrived|no[- ]show|isn['’]?t|wants|can['’]?t|needs|rang|never|called)/i.test(after)
  return asSubject || opens
}

function byRole({ client, staff }: Hit, before: string, after: string): { client?: Named; staff?: Named } {
  if (staffAfter.test(after.trimStart()) && !/^\s*(?:in|down|off the)\b/.test(after)) return { staff: staff! }
  if (staffBefore.test(before)) return { staff: staff! }
  if (clientAfter.test(after)) return { client: client! }
  if (clientBefore.test(before) && !/^['’]s/.test(after)) return { client: client! }
  return { client: client!, staff: staff! }
}

function adjacent(text: string, words: Word[]): boolean {
  return words.every((word, k) => k === 0 || /^[\s.]*$/.test(text.slice(words[k - 1]!.end, word.start)) || (k === 1 && words.length === 2 && /^,\s$/.test(text.slice(words[0]!.end, word.start)) && isCapital(word) && isCapital(words[0]!)))
}

function isCapital(word: Word): boolean {
  return /^\p{Lu}/u.test(word.raw)
}
