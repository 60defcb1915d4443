import { sql } from 'kysely'
import { isPaused } from '../../../approvals/rollout.ts'
import { textsAfterOptOut } from '../../../messages/consent/texts-after-opt-out.ts'
import { unwrap } from '../../../platforms/unwrap.ts'
import { DeskError, wordsFor } from '../../../salon/errors.ts'
import { verifyAudit } from '../../../store/audit.ts'
import type { Desk } from '../../../app.ts'
import { personAt } from '../person.ts'
import type { Terminal } from '../terminal.ts'
import { ensureBook, withDesk } from '../with-desk.ts'
import { wrap } from '../wrap.ts'
import { platformFindings, probeWrites } from './doctor-platform.ts'

type Finding = { what: string; state: 'ok' | 'note' | 'problem'; says: string }

/** `desk doctor`: every part is really tried. Exit code 1 when something does not work. */
export async function doctor({ terminal, options }: { terminal: Terminal; options: { json?: boolean; probeWrites?: boolean } }): Promise<number> {
  return withDesk({ terminal, needsBook: false }, async (desk) => {
    // A platform that cannot be read yet is what somebody asks the doctor about.
    await ensureBook({ desk, terminal }).catch((error: unknown) => { if (desk.mirrored === undefined || !(error instanceof DeskError)) throw error })
    if (options.probeWrites === true) return probeWrites({ terminal, desk, by: personAt(terminal, { role: 'owner' }).id })
    const findings: Finding[] = []
    for (const [what, check] of checks) {
      findings.push(await check(desk).then((found) => ({ what, ...found }), (error: unknown) => ({ what, state: 'problem' as const, says: wordsFor(error) })))
    }
    const platform = await platformFindings(desk).catch((error: unknown) => [{ what: 'booking system', state: 'problem' as const, says: wordsFor(error) }])
    findings.push(...platform, ...await slackFindings(desk), ...await twilioFindings(desk), ...await voiceFindings(desk), ...await emailFindings(desk))
    if (options.json === true) terminal.out(JSON.stringify(findings, null, 2))
    else for (const { what, state, says } of findings) {
      const [first = '', ...more] = wrap(says, terminal.columns, ' '.repeat(26))
      terminal.out([`${{ ok: 'ok     ', note: 'note   ', problem: 'PROBLEM' }[state]}  ${what.padEnd(16)} ${first.trimStart()}`, ...more].join('\n'))
    }
    return findings.some(({ state }) => state === 'problem') ? 1 : 0
  })
}

type Check = (desk: Desk) => Promise<Omit<Finding, 'what'>>

const ok = (says: string) => ({ state: 'ok' as const, says })
const note = (says: string) => ({ state: 'note' as const, says })

const checks: [string, Check][] = [
  ['database', async ({ store, config }) => {
    const { rows } = await sql<{ server_version: string }>`show server_version`.execute(store.db)
    return ok(`PostgreSQL ${rows[0]?.server_version ?? ''}, ${config.databaseUrl === undefined ? `built in, data in ${config.home}` : 'yours, by DATABASE_URL'}`)
  }],
  ['salon', async ({ platform }) => {
    const { business, locations, staff } = unwrap(await platform.catalog())
    const says = `${business.name}: ${locations.map(({ name, zone }) => `${name} (${zone})`).join(', ')}; ${staff.length} staff members`
    return business.demo ? note(`${says}. This is the demo; "desk import" brings in your own.`) : ok(says)
  }],
  ['risk model', async ({ risk }) => {
    const { id, trainedThrough } = await risk()
    return ok(`${id}, learned from visits through ${trainedThrough}`)
  }],
  ['policies', async ({ policies }) => {
    const open = await policies()
    return ok(`${open.sections.length} sections in ${new Set(open.sections.map(({ file }) => file)).size} documents`)
  }],
  ['language model', async ({ config, textModel }) => {
    if (config.languageModel === undefined) return note('none set; the embedded model answers. Set OPENAI_API_KEY, or OPENAI_BASE_URL for one of yours.')
    const model = await textModel()
    try {
      await model?.complete({ system: 'Answer with the one word: ready', user: 'Are you there?', maxTokens: 10 })
      return ok(`${config.languageModel.model} answers`)
    } catch (error) {
      const why = isRefusal(error) ? 'refuses our key: check OPENAI_API_KEY' : 'does not answer: check OPENAI_BASE_URL and the network'
      return { state: 'problem', says: `${config.languageModel.model} ${why}. The embedded model answers meanwhile.` }
    }
  }],
  ['audit log', async ({ store }) => {
    const verdict = await verifyAudit(store.db)
    return verdict.ok ? ok(`whole, ${verdict.rows} rows`) : { state: 'problem', says: `broken at row ${verdict.seq}: ${verdict.problem}` }
  }],
  ['opt-outs', async ({ store }) => {
    const broken = await textsAfterOptOut(store.db)
    return broken.length === 0 ? ok('no text went out after its number had refused it') : { state: 'problem', says: `${broken.length} texts went out after their number had refused them: ${broken.slice(0, 5).map(({ textId }) => textId).join(', ')}. Please pause the desk and tell us.` }
  }],
  ['acting', async ({ store }) => ((await isPaused(store.db)) ? note('paused; "desk resume" lets it act again') : ok('changes run after approval'))],
]

/** Slack has several parts to look at; its code is loaded only when it is connected. */
async function slackFindings({ config, store, clock, logger, platform }: Desk): Promise<Finding[]> {
  if (config.slack === undefined) return [{ what: 'Slack', ...note('not connected: the README says how, in five minutes, under "Connect Slack"') }]
  const { checkSlack } = await import('../../slack/check-slack.ts')
  return checkSlack({ settings: config.slack, store, clock, logger, platform, publicUrl: config.publicUrl })
    .catch((error: unknown) => [{ what: 'Slack', state: 'problem' as const, says: wordsFor(error) }])
}

/** The same for texts. */
async function twilioFindings({ config: { twilio, publicUrl }, store, clock }: Desk): Promise<Finding[]> {
  if (twilio === undefined || publicUrl === undefined) return [{ what: 'Twilio', ...note('not connected: no text leaves this machine. docs/twilio.md says how to connect it.') }]
  const { checkTwilio } = await import('../../sms/check-twilio.ts')
  return checkTwilio({ settings: twilio, publicUrl, store, clock }).catch((error: unknown) => [{ what: 'Twilio', state: 'problem' as const, says: wordsFor(error) }])
}

/** Calls need everything that texts need, and a number. */
async function voiceFindings({ config: { twilio, publicUrl, voice } }: Desk): Promise<Finding[]> {
  if (twilio === undefined || publicUrl === undefined) return []
  if (voice === undefined) return [{ what: 'Twilio calls', ...note('switched off, or no number for them is set. docs/voice.md says how to connect it.') }]
  const { checkVoice } = await import('../../voice/check-voice.ts')
  return [await checkVoice({ twilio, settings: voice, publicUrl })]
}

async function emailFindings({ config: { email, publicUrl } }: Desk): Promise<Finding[]> {
  if (email === undefined) return [{ what: 'Email', ...note('not connected: what cannot arrive as a text is for a person to say. docs/email.md says how to connect it.') }]
  const { checkEmail } = await import('../../email/check-email.ts')
  return checkEmail({ settings: email, publicUrl }).catch((error: unknown) => [{ what: 'Email', state: 'problem' as const, says: wordsFor(error) }])
}

function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return ('status' in error && (error.status === 401 || error.status === 403)) || isRefusal(error.cause)
}
