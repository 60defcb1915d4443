import { expect, test } from 'vitest'
import { wantThread } from '../../../../src/channels/slack/want-thread.ts'
import { buttonIn, deskChannel, maya, openSlackDesk } from '../../../support/slack-desk.ts'

test('what a client wrote is posted for a person as the client\'s words, and "Seen to" says by whom where it was posted', async () => {
  const desk = await openSlackDesk()
  const said = () => desk.said(deskChannel).join('\n')
  await desk.messages.receive({ clientId: 'elena', body: 'Can I come later? <!channel>', externalId: 'r1' })
  const { id: textId } = await desk.store.db.selectFrom('texts').select('id').executeTakeFirstOrThrow()
  for (let time = 0; time < 2; time++) await desk.store.transaction((trx) => wantThread(trx, { clientId: 'elena', textId, locationId: 'main', channel: deskChannel, now: desk.clock.now() }))
  await desk.settle()
  expect(desk.fake.messages(deskChannel)).toHaveLength(1)
  expect(said()).toMatch(/Texts with Elena García[\s\S]*The client wrote, 7:30 am[\s\S]*Can I come later\?/)
  expect(JSON.stringify(desk.fake.messages(deskChannel))).not.toContain('<!channel>')

  desk.clock.advance(1)
  await desk.send(desk.clickOn({ channel: deskChannel, action: 'seen_to', user: maya }))
  await desk.settle()
  expect(said()).toContain('Seen to by Maya at 7:31 am.')
  expect(buttonIn(desk.fake.messages(deskChannel).at(-1)?.blocks, 'seen_to')).toBeUndefined()
  await desk.close()
})
