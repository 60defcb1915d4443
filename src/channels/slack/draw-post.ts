import { DeskError } from '../../salon/errors.ts'
import { hashOf } from '../../store/canonical-json.ts'
import type { Cards, View } from '../cards/card.ts'
import { checkLimits } from './blocks/check-limits.ts'
import { type Drawn, renderLine, renderView } from './blocks/render-view.ts'
import { noPictures, type openPictures } from './pictures.ts'

/** A message as it would be shown now. `shown` is the hash of that; `lacksPicture` that its picture should be tried again. */
export type DrawnPost = Drawn & { shown: string; lacksPicture: boolean; problems: string[] }

/** What a message shows: a subject as it is now, or a view that stays. Without buttons it is a copy that nobody may use. */
export type Shows = { subject: string | null; content: unknown }

/** Draws messages. A subject that is no more is drawn as a line that says so; a drawing that Slack would refuse, as its summary alone. */
export function openDrawing({ cards, pictures }: { cards: Pick<Cards, 'view'>; pictures: ReturnType<typeof openPictures> }) {
  return async function draw(shows: Shows, { upload = false, withPicture = true, withButtons = true }: { upload?: boolean; withPicture?: boolean; withButtons?: boolean } = {}): Promise<DrawnPost> {
    const view = await read(shows, cards)
    const ready = withPicture ? await pictures.prepare(view, { upload }) : noPictures
    const first = renderView(withButtons ? view : withoutButtons(view), { findPicture: ready.find })
    const problems = checkLimits(first)
    const drawn = problems.length === 0 ? first : renderLine(view.summary)
    return { ...drawn, shown: hashOf(drawn), lacksPicture: ready.missing || !withPicture, problems }
  }
}

async function read({ subject, content }: Shows, cards: Pick<Cards, 'view'>): Promise<View> {
  if (content !== null) return content as View
  try {
    return await cards.view(subject ?? '')
  } catch (error) {
    if (!(error instanceof DeskError) || error.code !== 'not_found') throw error
    return { subject: subject ?? '', summary: 'This is no longer here.', cards: [{ subject: subject ?? '', title: 'This is no longer here.', tone: 'stopped', parts: [], buttons: [] }] }
  }
}

function withoutButtons(view: View): View {
  const cards = view.cards.map((card) => ({ ...card, buttons: [] }))
  const [first] = cards
  if (first !== undefined) first.parts = [{ kind: 'notice', text: 'This is a second copy of a message. Please use the other one; this one has no buttons.' }, ...first.parts]
  return { ...view, cards }
}
