import type { BookingPlatform } from '../../platforms/booking-platform.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import { DeskError } from '../../salon/errors.ts'
import { type Client, clientName } from '../../salon/salon.ts'

type Words = { platform: Pick<BookingPlatform, 'catalog' | 'clients' | 'clientNames' | 'findClients'>; body: string; client: Client; publicUrl: string | undefined }

/**
 * Holds words that a person or a model wrote for a client against what no text may carry (LLM-2): another client's name,
 * number or address, and links that are not the salon's own. Answers what the sender should look at before it goes. Throws
 * `DeskError('invalid_input')` with words, `detail.field` is `body`. Family on the same number is not "another client".
 */
export async function checkWords(words: Words): Promise<string[]> {
  const { body, publicUrl } = words
  const link = foreignLink(body, publicUrl)
  if (link !== undefined) throw refused('link', publicUrl === undefined ? 'A text may not hold links: no address of the salon\'s own is set (PUBLIC_URL).' : `A text may only link to ${new URL(publicUrl).host}, with https, not to "${link.slice(0, 60)}".`)
  const trap = /\b(?:reply|answer|text|send|write|say)\s+(?:us\s+|back\s+|with\s+)?["'“”‘’]?(cancel|end|quit|revoke)\b/i.exec(body)?.[1]
  if (trap !== undefined) throw refused('keyword', `A client who answers ${trap.toUpperCase()} gets no more texts at all: phone companies read it as STOP. Ask for YES, or for the change in their own words.`)
  await mustNameNobodyElse(words)
  return numbers(words)
}

const topLevel = 'com|net|org|io|co|us|uk|ca|fr|es|de|eu|biz|info|me|app|shop|link|page|site|online|xyz|top|club|live|dev|ly|to|ru|cn|example|test'
const linkPattern = new RegExp(String.raw`[a-z][a-z\d+.-]*:\/\/\S+|\bwww\.\S+|(?<![@\p{L}\p{N}.-])(?:[\p{L}\p{N}-]+\.)+(?:${topLevel})\b(?:[/:?#]\S*)?|(?<![@\p{L}\p{N}.-])[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+\/\S+`, 'giu')

/** The first link that is not to the salon's own address, by https. */
export function foreignLink(body: string, publicUrl: string | undefined): string | undefined {
  return linksIn(body).find((each) => !isOurs(each, publicUrl))
}

/** Whatever a phone may make a link of. */
function linksIn(body: string): string[] {
  return body.match(linkPattern) ?? []
}

function isOurs(link: string, publicUrl: string | undefined): boolean {
  const shown = link.replace(/[.,;:!?)\]'"”]+$/, '')
  if (publicUrl === undefined || !/^https:\/\//i.test(shown) || !URL.canParse(shown)) return false
  const { protocol, host, username, password } = new URL(shown)
  return protocol === 'https:' && host === new URL(publicUrl).host && username === '' && password === ''
}

/** Full names of other clients, and their e-mail addresses. First names alone are everybody's. */
async function mustNameNobodyElse({ platform, body, client }: Words): Promise<void> {
  const folded = ` ${fold(body)} `
  const [names, { staff }] = await Promise.all([platform.clientNames().then(unwrap), platform.catalog().then(unwrap)])
  const own = new Set([fold(clientName(client)), ...staff.map(({ name }) => fold(name))])
  const named = names.filter(({ id, firstName, lastName }) => {
    const name = fold(`${firstName} ${lastName}`)
    return id !== client.id && lastName.trim() !== '' && name.includes(' ') && !own.has(name) && folded.includes(` ${name} `)
  })
  const byMail = (await Promise.all((body.match(/[^\s@<>"]+@[^\s@<>"]+\.[\p{L}]{2,}/gu) ?? []).map((email) => platform.findClients({ email }).then(unwrap)))).flat()
  const stranger = [...unwrap(await platform.clients({ ids: named.map(({ id }) => id) })), ...byMail].find((other) => !isFamily(other, client))
  if (stranger !== undefined) throw refused('other_client', `This names another client, ${clientName(stranger)}. What one client's text says about another is nobody's to send.`)
}

/** Another client's number is refused; one that nobody here knows is for the sender to look at. */
async function numbers({ platform, body, client }: Words): Promise<string[]> {
  const found = [...new Set((body.match(/(?<![\d.:])\+?\(?\d[\d\s().-]{5,}\d(?![\d:])/g) ?? []).map((number) => number.trim()).filter((number) => digits(number).length >= 7))]
  const { locations } = unwrap(await platform.catalog())
  const salons = locations.flatMap(({ phone }) => (phone === undefined ? [] : [digits(phone)]))
  const foreign = found.filter((number) => ![...salons, ...client.phones.map(digits)].some((known) => known.endsWith(digits(number)) || digits(number).endsWith(known)))
  for (const phone of foreign) {
    const other = unwrap(await platform.findClients({ phone, limit: 5 })).find((each) => !isFamily(each, client))
    if (other !== undefined) throw refused('other_client', `This holds the phone number of another client, ${clientName(other)}.`)
  }
  return foreign.length === 0 ? [] : [`It holds a number that is not the salon's: ${foreign.join(', ')}.`]
}

function isFamily(other: Client, client: Client): boolean {
  return other.id === client.id || other.phones.some((phone) => client.phones.includes(phone))
}

const digits = (text: string): string => text.replaceAll(/\D/g, '')
const fold = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll(/[’‘]/g, "'").replaceAll(/[^\p{L}\p{N}'-]+/gu, ' ').replaceAll(/'s\b/g, '').trim()

function refused(why: string, userMessage: string): DeskError {
  return new DeskError('invalid_input', { message: `words may not be sent: ${why}`, userMessage, detail: { field: 'body' } })
}
