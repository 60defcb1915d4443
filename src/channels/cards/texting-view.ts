import { readConfirmationSettings } from '../../confirmations/confirmation-settings.ts'
import { readTextSettings, type TextSettings } from '../../messages/sending/text-settings.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import { type Language, languages } from '../../salon/say-value.ts'
import type { Button, Card, View } from './card.ts'
import type { CardRoom } from './card-room.ts'
import { fitParts } from './fit-parts.ts'

/** How texts to clients go out, shop by shop, with the forms that change it; and their wording by language. For managers. */
export async function textingView(room: CardRoom): Promise<View> {
  const { locations } = unwrap(await room.platform.catalog())
  const confirmations = await readConfirmationSettings({ db: room.store.db, locationIds: locations.map(({ id }) => id) })
  const cards = await Promise.all(locations.map(async ({ id, name }): Promise<Card> => {
    const texts = await readTextSettings(room.store.db, { locationId: id })
    const confirming = confirmations.get(id)
    return {
      subject: `texting:${id}`, title: name, tone: 'plain',
      parts: fitParts([{ kind: 'facts', rows: [
        ...sayTextSettings(texts),
        ...(confirming === undefined ? [] : [{ label: 'Confirmations', value: confirming.on ? `prepared from ${confirming.from} to ${confirming.until}: low risk ${confirming.standardHours} hours before, medium and high ${confirming.earlyHours} and ${confirming.lastHours} hours before` : 'switched off' }]),
      ] }]).parts,
      buttons: [make(room, 'text_settings', 'Hours and limits…', [id]), make(room, 'confirmation_settings', 'Confirmations…', [id])],
    }
  }))
  return { subject: 'texting', summary: 'Texts to clients', cards: [...cards, ...(await wordingCards(room))] }
}

function sayTextSettings({ hours, promotionalHours, perDay, perWeek, holdMinutes, language }: TextSettings): { label: string; value: string }[] {
  return [
    { label: 'About visits', value: `${hours.from} to ${hours.to}` },
    { label: 'Offers', value: `${promotionalHours.from} to ${promotionalHours.to}` },
    { label: 'At most', value: `${perDay} a day and ${perWeek} a week to one number, ${holdMinutes} minutes apart` },
    { label: 'Language', value: `${languageNames[language]}, where a client's own is not known` },
  ]
}

export const languageNames: Record<Language, string> = { en: 'English', es: 'Spanish', fr: 'French' }

const templateNames: Record<string, string> = {
  moved: 'Visit moved', booked: 'Visit booked', cancelled: 'Visit cancelled', restored: 'Visit put back', 'waitlist-filled': 'Filled from the waitlist',
  confirm: 'Confirmation', 'confirm-early': 'Confirmation, first', 'confirm-last': 'Confirmation, last', 'confirm-several': 'Confirmation of several visits',
  'offer-time': 'One time offered', 'offer-times': 'Times offered', 'offer-nearest-time': 'Nearest time offered', 'offer-nearest-times': 'Nearest times offered', 'times-none': 'No time free', 'move-asked': 'Move passed on',
  'ask-when': 'Asks when', 'ask-which': 'Asks which time', 'ask-am-pm': 'Asks morning or afternoon', 'change-kept': 'Kept as it was', 'change-kept-confirm': 'Kept, asks for a yes',
  'answer-own': 'Answer about their visit', 'answer-policy': 'Answer from the policies', 'passed-on': 'Passed on to the desk',
}

/** What a template is called for people; one that is new here by its own name. */
export function nameOfTemplate(template: string): string {
  return templateNames[template] ?? `${template.charAt(0).toUpperCase()}${template.slice(1).replaceAll('-', ' ')}`
}

/** One card a language: which texts there are, and which of them the salon words itself. */
async function wordingCards(room: CardRoom): Promise<Card[]> {
  const all = (await room.wording?.list()) ?? []
  return languages.flatMap((language): Card[] => {
    const texts = all.filter((one) => one.language === language)
    const own = texts.filter((one) => one.own !== null).map(({ template }) => nameOfTemplate(template))
    if (texts.length === 0) return []
    return [{
      subject: `wording:${language}`, title: `Wording in ${languageNames[language]}`, tone: 'plain',
      parts: fitParts([own.length === 0 ? { kind: 'text', text: 'As shipped. Choose a text to word it your way.' } : { kind: 'list', label: 'In your own words', items: own }]).parts,
      buttons: texts.map(({ template }) => make(room, 'wording', nameOfTemplate(template), [template, language])),
    }]
  })
}

function make({ tokens }: CardRoom, action: string, label: string, ref: string[]): Button {
  return { action, token: tokens.make({ action, ref }), label, opensForm: true }
}
