import type { HomeView, KnownBlock } from '@slack/web-api'
import type { Card, View } from '../../cards/card.ts'
import { actions, header, section, bold, small } from './elements.ts'
import { fallback } from './escape.ts'
import { type FindPicture, renderParts, textLength } from './render-parts.ts'

/** What is posted: `text` for notifications, `blocks` to see. */
export type Drawn = { text: string; blocks: KnownBlock[] }

// Below Slack's own limits (50 blocks; about 13,200 characters in all, bolt-js#2509), so that a line of ours still fits.
const messageRoom = { blocks: 48, text: 12_000 }
const viewRoom = { blocks: 97, text: 60_000 }
/** chat.update takes 4,000 characters of text; a notification shows a line or two. */
const summaryMax = 2_000

/**
 * Draws a view as a message. Cards that do not fit are left out whole, with a line that says how many; a single card that is
 * too long loses parts from its middle, visibly, and keeps its buttons only while everything is shown.
 */
export function renderView(view: View, { findPicture = () => undefined }: { findPicture?: FindPicture } = {}): Drawn {
  return { text: fallback(view.summary, summaryMax) || 'The desk', blocks: renderCards({ view, room: messageRoom, findPicture }) }
}

/** Draws a view as somebody's App Home. */
export function renderHome(view: View): HomeView {
  return { type: 'home', callback_id: 'home', blocks: renderCards({ view, room: viewRoom, findPicture: () => undefined }) }
}

/** Draws a view to be read in a dialog, which holds more than a message. */
export function renderForDialog(view: View): KnownBlock[] {
  return renderCards({ view, room: viewRoom, findPicture: () => undefined })
}

/** One line of the desk's own as a message, its text shown letter by letter: an answer to a click, an apology. */
export function renderLine(text: string): Drawn {
  return renderView({ subject: 'line', summary: text, cards: [{ subject: 'line', title: '', tone: 'plain', parts: [{ kind: 'text', text }], buttons: [] }] })
}

type Room = { blocks: number; text: number }

function renderCards({ view, room, findPicture }: { view: View; room: Room; findPicture: FindPicture }): KnownBlock[] {
  const blocks: KnownBlock[] = []
  const taken = new Set<string>()
  for (const [index, card] of view.cards.entries()) {
    const drawn = [...(index === 0 ? [] : [{ type: 'divider' as const }]), ...unique(renderCard({ card, isFirst: index === 0, findPicture }), taken)]
    const left = { blocks: room.blocks - blocks.length, text: room.text - textLength(blocks) }
    if (drawn.length <= left.blocks && textLength(drawn) <= left.text) {
      blocks.push(...drawn)
    } else if (index === 0) {
      blocks.push(...shorten(drawn, left))
    } else {
      const more = view.cards.length - index
      blocks.push(small(`${more} more ${more === 1 ? 'is' : 'are'} not shown here: a message holds no more. Ask for them, or look on the desk's page.`))
      break
    }
  }
  return blocks.length === 0 ? [{ type: 'rich_text', elements: [section([bold(view.summary)])] }] : blocks
}

function renderCard({ card, isFirst, findPicture }: { card: Card; isFirst: boolean; findPicture: FindPicture }): KnownBlock[] {
  const title = `${toneSigns[card.tone]}${card.title}`
  const isLong = title.length > 140
  const titled: KnownBlock[] = card.title === '' ? [] : isFirst && !isLong ? [header(title)] : [{ type: 'rich_text', elements: [section([bold(title)])] }]
  return [...titled, ...renderParts({ parts: card.parts, findPicture }), ...actions(card)]
}

const toneSigns: Record<Card['tone'], string> = { plain: '', waiting: '', done: '✓ ', stopped: '✕ ' }

/** The beginning of a card that is too long. Nobody decides on what is not shown: its buttons go, and it says where to look. */
function shorten(blocks: KnownBlock[], room: Room): KnownBlock[] {
  const kept: KnownBlock[] = []
  for (const block of blocks.filter(({ type }) => type !== 'actions')) {
    if (kept.length >= room.blocks || textLength(kept) + textLength(block) > room.text) break
    kept.push(block)
  }
  return [...kept, small('… This is cut here: it is longer than a message may be. Open it on the desk\'s page to see all of it and decide.')]
}

/** Block ids are unique in a message: a second card of one subject gets a number. */
function unique(blocks: KnownBlock[], taken: Set<string>): KnownBlock[] {
  return blocks.map((block) => {
    if (block.block_id === undefined) return block
    const wanted = block.block_id.slice(0, 240)
    let id = wanted
    for (let count = 2; taken.has(id); count++) id = `${wanted}+${count}`
    taken.add(id)
    return id === block.block_id ? block : { ...block, block_id: id }
  })
}
