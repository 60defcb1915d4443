import type { Person, Role } from '../../approvals/roles.ts'
import type { LocalDate } from '../../salon/time.ts'

/**
 * What a person sees and may press, without a word about how it is drawn: Slack, the page and the terminal each draw the
 * same card. Every text is plain text, never markup; each renderer escapes for its own medium.
 */
export type Card = {
  /** What it shows, `proposal:P-7K3QXM`, `call:APPOINTMENT`; one card a subject within a view. */
  subject: string
  title: string
  tone: 'plain' | 'waiting' | 'done' | 'stopped'
  parts: Part[]
  buttons: Button[]
}

/** A page of cards that is posted as one message and drawn again as a whole. `summary` is its one line for notifications and screen readers. */
export type View = { subject: string; summary: string; cards: Card[] }

export type Part =
  | { kind: 'text'; text: string }
  /** What would differ; `before` is null for something new, `after` null for something that goes. */
  | { kind: 'changes'; rows: { label: string; before: string | null; after: string | null }[] }
  | { kind: 'facts'; rows: { label: string; value: string }[] }
  /** What must be seen before deciding. */
  | { kind: 'notice'; text: string }
  | { kind: 'policy'; quote: string; title: string; file: string }
  /** The exact text a client will get, or (`segments` 0) why there is none. */
  | { kind: 'client_text'; to: string; text: string; segments: number }
  /** Texts with a client, oldest first; `label` says who wrote when, and what became of it. `waits`: for a person. */
  | { kind: 'texts'; items: { whose: 'client' | 'salon'; label: string; text: string; waits?: true }[] }
  /** Words of a person or of a language model: shown as theirs, never as the desk's own. */
  | { kind: 'words'; label: string; text: string }
  /** `ordered`: one after another, numbered. */
  | { kind: 'list'; label?: string; items: string[]; ordered?: true }
  /** May be folded away: a script. `open`: not now. */
  | { kind: 'fold'; label: string; text: string; open?: true }
  /** The picture of a location's day; `alt` says everything it shows. */
  | { kind: 'day_picture'; locationId: string; date: LocalDate; alt: string }
  | { kind: 'small'; text: string }

/** `token` is opaque: it names what is meant and carries a keyed hash of it, so that no button can be pointed at something else. */
export type Button = {
  action: string
  token: string
  label: string
  style?: 'primary' | 'danger'
  /** Pressing opens a form first. */
  opensForm?: boolean
  /** Only where what is shown stands still between changes (a message): the page follows the clock by itself and leaves it out. */
  whereStill?: boolean
}

/** A press of a button, or a filled-in form, by a verified person with the role of this moment. */
export type Press = {
  action: string
  token: string
  person: Person
  /** Field values of a form (`{}` of one without fields); absent for a plain button. */
  values?: Record<string, string>
  /** Names this press; the same press again has no second effect. */
  requestId: string
}

export type PressAnswer =
  /** Every press gets a sentence. `subjects` are drawn again at once. */
  | { kind: 'said'; text: string; good: boolean; subjects: string[] }
  | { kind: 'form'; form: Form }
  /** Field name → what to do; the form stays open. */
  | { kind: 'wrong'; errors: Record<string, string> }
  /** More to read, for whoever pressed. */
  | { kind: 'view'; view: View }

/** A dialog: a Slack modal, a dialog of the page. */
export type Form = { action: string; token: string; title: string; submit: string; intro: Part[]; fields: Field[] }

export type Field = { name: string; label: string; hint?: string; optional?: boolean } & (
  /** `isSms`: these words go out as a text to a phone; where it can be, what they cost is shown while they are written. */
  | { kind: 'text'; lines: 'one' | 'many'; max: number; value?: string; isSms?: true }
  | { kind: 'choice'; options: { value: string; label: string }[]; value?: string }
  | { kind: 'date'; value?: LocalDate }
  /** `HH:MM`, 24 hours. */
  | { kind: 'time'; value?: string }
  | { kind: 'number'; min: number; max: number; step?: number; value?: number }
)

/** The desk as cards: what there is to see, and what happens when something is pressed. The one behind Slack, the page and the terminal. */
export type Cards = {
  /** Draws a subject as it is now: `proposal:ID`, `brief:LOCATION:DATE`, `thread:CLIENT`, `texts` (who waits), `phone` (calls), `phone:CALL`, `spoken:CALL` (all that was said), `voice_note:ID`, `waitlist`, `opening:ID`, `story:ID`. For `person`, with what only they may do. Throws `DeskError('not_found')`. */
  view(subject: string, person?: Person): Promise<View>
  /** What this person should see first: today, what waits, my calls, what the desk did; for managers the controls. */
  home(person: Person): Promise<View>
  /** Checks the role now, does it once, and always answers. Throws only what is our own failure. */
  press(press: Press): Promise<PressAnswer>
  /** What to ask the desk first, by role; at most four (Slack's limit). */
  prompts(role: Role): { title: string; message: string }[]
}
