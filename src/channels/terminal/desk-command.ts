import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { roles, type Role } from '../../approvals/roles.ts'
import { DeskError, wordsFor } from '../../salon/errors.ts'
import type { Terminal } from './terminal.ts'

/** Options that say who is sitting at the terminal. */
export type Who = { as?: string; role: Role }

/** Exit codes: 0 done, 1 failed, 2 wrong use. */
const wrongUse = new Set(['invalid_input', 'invalid_time'])

/** Runs one `desk` command line and answers its exit code. Nothing it does throws; problems are words on the error stream. */
export async function runDesk({ argv, terminal }: { argv: string[]; terminal: Terminal }): Promise<number> {
  let exitCode = 0
  const program = describe(terminal, (code) => { exitCode = code })
  try {
    await program.parseAsync(argv, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    terminal.err(wordsFor(error))
    if (!(error instanceof DeskError)) await logUnexpected(error)
    return error instanceof DeskError && wrongUse.has(error.code) ? 2 : 1
  }
}

// Each command's code is loaded when it runs, so that `desk calls` does not pay for the chat's libraries.
function describe(terminal: Terminal, setExit: (code: number) => void): Command {
  const program = new Command('desk')
    .description('The front-desk copilot: who to call this morning, what the policy says, changes that wait for your yes.')
    .exitOverride()
    .configureOutput({ writeOut: (text) => terminal.out(text.trimEnd()), writeErr: (text) => terminal.err(text.trimEnd()), getOutHelpWidth: () => 80 })
    .showHelpAfterError('(add --help to see how it is used)')
  const who = (command: Command) => command
    .option('--as <name>', 'who you are, for the audit log (default: your account name)')
    .addOption(new Option('--role <role>', 'what you may do').choices([...roles]).default('front_desk'))

  program.command('start').description('the whole desk: the page, Slack when it is connected, this morning\'s list, jobs')
    .action(async () => (await import('./commands/start.ts')).start({ terminal }))

  who(program.command('page').description('a link that signs you in on the desk\'s page, once, within 15 minutes (the demo needs none)'))
    .action(async (options) => (await import('./commands/page.ts')).page({ terminal, options }))

  program.command('calls').description('the call list: who may not come, why, and what to say')
    .option('--date <date>', 'another day, as 2018-06-20 (default: today)')
    .option('--location <name>', 'one location, by name or id (default: all)')
    .option('--json', 'one JSON document instead of text')
    .action(async (options) => (await import('./commands/calls.ts')).calls({ terminal, options }))

  program.command('confirmations').description('the texts that would ask clients on a day whether they come, and who gets none')
    .option('--date <date>', 'another day, as 2018-06-20 (default: today)')
    .option('--location <name>', 'one location, by name or id (default: all)')
    .option('--json', 'one JSON document instead of text')
    .action(async (options) => (await import('./commands/confirmations.ts')).confirmations({ terminal, options }))

  program.command('book').description('the book of a day, as the booking platform has it')
    .option('--date <date>', 'another day, as 2018-06-20 (default: today)')
    .option('--location <name>', 'one location, by name or id (default: all)')
    .option('--json', 'one JSON document instead of text')
    .action(async (options) => (await import('./commands/book.ts')).book({ terminal, options }))

  program.command('ask').description('a policy question, answered with the section it is from')
    .argument('<question>', 'the question, or - to read one a line from standard input')
    .option('--knowledge <dir>', 'answer from another folder of documents')
    .option('--json', 'one JSON object an answer')
    .action(async (question: string, options) => (await import('./commands/ask.ts')).ask({ terminal, question, options }))

  who(program.command('chat').description('talk with the desk, a line at a time; works through a pipe'))
    .option('--json', 'one JSON object a turn: text, reply, toolCalls, proposals')
    .action(async (options) => setExit(await (await import('./commands/chat.ts')).chat({ terminal, options })))

  program.command('proposals').description('changes that wait for a decision')
    .option('--all', 'also the decided ones, newest first')
    .option('--json', 'one JSON document instead of text')
    .action(async (options) => (await import('./commands/proposals.ts')).proposals({ terminal, options }))
  who(program.command('approve').description('approve a change and carry it out').argument('<id>', 'as in P-7K3QXM'))
    .option('--json', 'one JSON document instead of text')
    .action(async (id: string, options) => setExit(await (await import('./commands/proposals.ts')).decide({ terminal, id, decision: 'approve', options })))
  who(program.command('reject').description('turn a change down').argument('<id>', 'as in P-7K3QXM'))
    .option('--reason <text>', 'why; the desk learns from it')
    .option('--json', 'one JSON document instead of text')
    .action(async (id: string, options) => setExit(await (await import('./commands/proposals.ts')).decide({ terminal, id, decision: 'reject', options })))
  who(program.command('done').description('you have made a change by hand in the booking system').argument('<id>', 'as in P-7K3QXM'))
    .option('--json', 'one JSON document instead of text')
    .action(async (id: string, options) => setExit(await (await import('./commands/proposals.ts')).byHand({ terminal, id, says: 'done', options })))
  who(program.command('not-done').description('a change could not be made by hand, or was not after all').argument('<id>', 'as in P-7K3QXM'))
    .option('--json', 'one JSON document instead of text')
    .action(async (id: string, options) => setExit(await (await import('./commands/proposals.ts')).byHand({ terminal, id, says: 'not_done', options })))
  who(program.command('undo').description('put a carried-out change back').argument('<id>', 'as in P-7K3QXM'))
    .option('--json', 'one JSON document instead of text')
    .action(async (id: string, options) => setExit(await (await import('./commands/proposals.ts')).undo({ terminal, id, options })))

  program.command('texts').description('clients\' texts that wait for a person')
    .option('--client <id>', 'all texts with one client')
    .option('--json', 'one JSON document instead of text')
    .action(async (options) => (await import('./commands/texts.ts')).texts({ terminal, options }))

  program.command('phone').description('clients\' calls: who waits, the latest, how the day went; the story of one')
    .argument('[call]', 'one call, as the list names it')
    .option('--json', 'one JSON document instead of text')
    .action(async (call: string | undefined, options) => (await import('./commands/phone.ts')).phoneCalls({ terminal, call, options }))
  program.command('voice').description('where Twilio must send calls, and what the number needs')
    .option('--fallback', 'only the TwiML for a TwiML Bin: what callers hear while this desk is away')
    .option('--thanks <url>', 'with --fallback: a second Bin that says goodbye after a message (default: this desk)')
    .action(async (options) => (await import('./commands/voice.ts')).voice({ terminal, options }))

  const waitlist = program.command('waitlist').description('chairs that came free, who is asked about them, and who waits')
  waitlist.command('now', { isDefault: true }).description('what is free, how it stands, and who waits')
    .option('--location <name>', 'one location, by name or id (default: all)')
    .option('--json', 'one JSON document instead of text')
    .action(async (options) => (await import('./commands/waitlist.ts')).waitlistNow({ terminal, options }))
  waitlist.command('preview').description('who would be asked, in which order, and why; asks nobody')
    .argument('<id>', 'an opening, or the appointment that would leave its chair')
    .option('--json', 'one JSON document instead of text')
    .action(async (id: string, options) => (await import('./commands/waitlist.ts')).previewOffers({ terminal, id, options }))
  waitlist.command('replay').description('the whole story of a free chair, and why it filled or did not')
    .argument('<opening>', 'as "desk waitlist" names it')
    .option('--json', 'one JSON document instead of text')
    .action(async (id: string, options) => (await import('./commands/waitlist.ts')).replayOpening({ terminal, id, options }))
  waitlist.command('line-up').description('who would be asked if the risky visits of a day fell out')
    .option('--date <date>', 'another day, as 2018-06-20 (default: today)')
    .option('--location <name>', 'one location, by name or id (default: all)')
    .option('--json', 'one JSON document instead of text')
    .action(async (options) => (await import('./commands/waitlist.ts')).showLineUp({ terminal, options }))
  who(waitlist.command('offer').description('prepare offers for the chair a cancelled appointment has left').argument('<appointment>', 'the appointment\'s id'))
    .option('--json', 'one JSON document instead of text')
    .action(async (id: string, options) => setExit(await (await import('./commands/waitlist.ts')).offerVisit({ terminal, id, options })))
  who(waitlist.command('close').description('ask nobody about a chair any more').argument('<opening>', 'as "desk waitlist" names it'))
    .option('--json', 'one JSON document instead of text')
    .action(async (id: string, options) => (await import('./commands/waitlist.ts')).closeOpening({ terminal, id, options }))
  who(waitlist.command('settings').description('how chairs are filled; a manager may change it'))
    .option('--set <name=value>', 'change one of them; may be given again', (text: string, before: string[]) => [...before, text], [])
    .option('--location <name>', 'one location, by name or id (default: all)')
    .option('--json', 'one JSON document instead of text')
    .action(async (options) => (await import('./commands/waitlist.ts')).settings({ terminal, options }))

  program.command('import').description('bring a salon\'s exports into the built-in book')
    .argument('<dir>', 'folder with the export')
    .addOption(new Option('--format <format>', 'what the folder holds').choices(['salon-export', 'csv']).makeOptionMandatory())
    .option('--name <name>', 'the salon\'s name, as it is said in call scripts')
    .option('--skip-bad', 'leave out rows that cannot be read instead of importing nothing')
    .option('--json', 'one JSON document instead of text')
    .action(async (dir: string, options) => setExit(await (await import('./commands/import.ts')).importBook({ terminal, dir, options })))

  who(program.command('connect').description('put the desk on the salon\'s own booking platform: asks for what is needed, tries it, and begins to read')
    .argument('[platform]', 'as "desk platforms" names it; without one, what is connected and what there is')
    .option('--from <file>', 'the credentials as a JSON object in this file, - for standard input (default: asks for them)')
    .option('--check', 'only try them; keep nothing')
    .option('--write <what>', 'what may be written beside bookings: risk, notes, both, or none', 'both')
    .option('--wait', 'read until everything is here, not only the next two months')
    .option('--json', 'one JSON document instead of text'))
    .action(async (platform: string | undefined, options) => (await import('./commands/connect.ts')).connect({ terminal, platform, options }))
  who(program.command('disconnect').description('forget the platform, its credentials and the copy of its book')
    .option('--yes', 'do not ask again'))
    .action(async (options) => (await import('./commands/connect.ts')).disconnect({ terminal, options }))
  program.command('platforms').description('which booking platforms there are, and what of each works, a person does, or is unproven')
    .option('--markdown', 'as the table in the README')
    .option('--json', 'one JSON document instead of text')
    .action(async (options) => (await import('./commands/platforms.ts')).platforms({ terminal, options }))

  program.command('train').description('fit the risk model to this salon\'s own history')
    .option('--through <date>', 'learn only from visits up to this day')
    .option('--out <dir>', 'write the model here, promoted or not (default: the desk\'s folder, when it is better)')
    .option('--json', 'one JSON document instead of text')
    .action(async (options) => (await import('./commands/train.ts')).trainModel({ terminal, options }))
  program.command('backtest').description('score each day as it would have been scored the morning before')
    .requiredOption('--from <date>', 'first day').requiredOption('--to <date>', 'last day')
    .option('--json', 'a JSON line a visit, then the summary')
    .action(async (options) => (await import('./commands/train.ts')).runBacktest({ terminal, options }))
  program.command('score').description('score appointments given as JSON lines on standard input')
    .option('--json', 'JSON lines (also the default through a pipe)')
    .action(async (options) => setExit(await (await import('./commands/score.ts')).score({ terminal, options })))
  program.command('eval').description('measure the desk on labelled lines')
    .argument('<what>', 'requests (of the front desk) or replies (of clients)').argument('<file>', 'JSON lines with the expected reading')
    .option('--salon <file>', 'the salon they speak of, as JSON (default: FILE.salon.json, the book, or the labels)')
    .option('--json', 'one JSON document instead of text')
    .action(async (what: string, file: string, options) => (await import('./commands/eval.ts')).evaluate({ terminal, what, file, options }))

  const simulate = program.command('simulate').description('play made-up days to compare rules; opens no book, sends nothing')
  simulate.command('waitlist').description('compare how empty chairs are offered: one by one, in waves, to all; and whom each policy asks')
    .option('--rates <percents>', 'how many of 100 clients say YES to an offer', '5,8.3,12,20,30,40')
    .option('--notice <hours>', 'how long before the chair it comes free', '4,24,72')
    .option('--openings <n>', 'openings to play for each figure', '1000')
    .option('--list <n>', 'clients on the list whom the chair suits', '20')
    .option('--seed <text>', 'the same text plays the same again', '1')
    .option('--picture <file>', 'draw the curves into this PNG file')
    .option('--json', 'one JSON document instead of text')
    .addHelpText('after', '\nAssumed, not measured: half of the answers come within 12 minutes (exponential);\n30 % of those who do not say YES say NO, the others nothing; chairs begin on\nthe half hour from 9:00 to 18:30; texts go out from 9:00 to 20:00; the platform\nalways books. Everything else is the desk\'s own rules with its usual settings.')
    .action(async (options) => (await import('./commands/simulate.ts')).simulateWaitlist({ terminal, options }))

  const audit = program.command('audit').description('the audit log')
  audit.command('verify').description('walk the chain and name the first row that was tampered with')
    .option('--json', 'one JSON document instead of text')
    .action(async (options) => setExit(await (await import('./commands/audit.ts')).verify({ terminal, options })))
  audit.command('tail', { isDefault: true }).description('the last entries')
    .option('--limit <n>', 'how many', wholeNumber, 20)
    .option('--json', 'a JSON line an entry')
    .action(async (options) => (await import('./commands/audit.ts')).tail({ terminal, options }))

  program.command('doctor').description('what is set up, what works, what is missing')
    .option('--probe-writes', 'try, with the salon\'s test client, whether the desk may change the booking platform\'s book')
    .option('--json', 'one JSON document instead of text')
    .action(async (options) => setExit(await (await import('./commands/doctor.ts')).doctor({ terminal, options })))
  program.command('prepare', { hidden: true }).argument('<what>').action(async (what: string) => (await import('./commands/prepare.ts')).prepare({ terminal, what }))
  who(program.command('pause').description('stop every outside effect at once')).action(async (options) => (await import('./commands/pause.ts')).pause({ terminal, paused: true, options }))
  who(program.command('resume').description('let the desk act again')).action(async (options) => (await import('./commands/pause.ts')).pause({ terminal, paused: false, options }))
  return program
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('Give a whole number from 1 to 9999.')
  return Number(text)
}

async function logUnexpected(error: unknown): Promise<void> {
  const [{ openLogger, errorFields }, { readConfig }] = await Promise.all([import('../../logger.ts'), import('../../config.ts')])
  try {
    const { home, logLevel } = readConfig()
    openLogger({ home, level: logLevel }).error(errorFields(error), 'command failed unexpectedly')
  } catch {
    // Without a readable setting there is no log to write to; the person has been told.
  }
}
