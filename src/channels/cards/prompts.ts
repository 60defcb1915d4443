import { mayActAs, type Role } from '../../approvals/roles.ts'

/** What to ask the desk first, by role; four, which is what Slack shows. */
export function prompts(role: Role): { title: string; message: string }[] {
  const everybody = [
    { title: 'Who to call first', message: 'Who should we call this morning?' },
    { title: 'A policy', message: 'What is our late policy?' },
    { title: 'What waits for a yes', message: 'What is waiting for approval?' },
  ]
  return mayActAs({ id: '', name: '', role }, 'manager')
    ? [...everybody, { title: 'How risky the week is', message: 'How does the risk look this week?' }]
    : [...everybody, { title: 'Today\'s book', message: 'What is on the book today?' }]
}
