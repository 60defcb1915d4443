import { expect, test } from 'vitest'
import { cleanWords } from '../../../src/phone/clean-words.ts'
import { spot, type Spotted } from '../../../src/phone/spot.ts'

/** As a speech service writes it down: what callers say, by what it is about. */
const said: [Spotted, string[]][] = [
  ['emergency', [
    'my face is swelling up i can\'t breathe',
    'hi um she just fainted in the chair',
    'is this an emergency line my throat is swelling',
    'someone call 911',
    'i\'m bleeding',
    'mi mamá no puede respirar',
  ]],
  ['health', [
    'is it safe to color while i\'m pregnant',
    'i got a rash from the dye',
    'my scalp is burning since yesterday',
    'i have an allergy to ppd is that in your color',
    'i\'m on antibiotics can i still get waxed',
  ]],
  ['angry', [
    'this is ridiculous',
    'you people ruined my hair',
    'i want a refund',
    'that was the worst service ever',
    'i want to make a complaint',
  ]],
  ['person', [
    'can i talk to a real person',
    'representative',
    'operator please',
    'front desk',
    'i wanna speak to the manager',
    'put me through to someone',
    'quiero hablar con una persona',
    'can you get me the owner',
    'i\'m the owner',
  ]],
  ['spanish', [
    'español por favor',
    'do you speak spanish',
    'hola habla español',
    'is there anyone who speaks spanish',
  ]],
  ['english', [
    'english please',
  ]],
  ['no_recording', [
    'no recording',
    'please don\'t record me',
    'sin grabación',
  ]],
  ['child', [
    'my mommy is in the shower',
    'i\'m six years old',
    'i\'m six',
    'mi mami no está',
  ]],
  ['repeat', [
    'what was that',
    'sorry can you say that again',
    'huh',
    'otra vez por favor',
  ]],
  ['hold_on', [
    'hang on a second',
    'hold on',
    'one sec let me get my calendar',
    'un momento por favor',
    'mom is it friday or saturday',
    'not you i\'m on the phone',
  ]],
  ['no_code', [
    'i didn\'t get a code',
    'no code',
    'there is no code on my phone',
    'no me llegó el código',
    'i don\'t have the text',
    'i don\'t see any text',
    'i never got the message',
  ]],
  ['other_number', [
    'it\'s under my other number',
    'i\'m calling from my husband\'s phone',
  ]],
  ['message', [
    'can i leave a message',
    'can you tell maya that i loved the cut',
    'quiero dejar un mensaje',
  ]],
  ['goodbye', [
    'no that\'s it thank you',
    'okay bye',
    'that\'s all thanks',
    'no gracias',
    'i\'m good thanks bye',
  ]],
  ['speaking', [
    'yes speaking',
    'this is hana',
    'it\'s me',
    'soy ana',
  ]],
  ['texted', [
    'i just got a text from you',
    'i\'m calling about the text you sent me',
    'you guys just called me',
  ]],
  ['confirm', [
    'i\'m calling to confirm my appointment',
    'just want to confirm',
    'para confirmar mi cita',
    'yes confirm my appointment',
  ]],
  ['cancel', [
    'i need to cancel',
    'cancel my appointment please',
    'can you cancel my appointment on friday',
    'quiero cancelar mi cita',
    'i have a family emergency i need to cancel',
  ]],
  ['my_visit', [
    'i wanted to check when my appointment is',
    'just calling to ask about my appointment',
  ]],
  ['book', [
    'i\'d like to book an appointment',
    'can i make an appointment for a haircut',
    'quiero una cita',
  ]],
  ['openings', [
    'do you have any openings this weekend',
    'have you got anything free tomorrow',
  ]],
  ['late', [
    'i\'m running ten minutes late',
    'i\'m running late',
    'i\'ll be there in five minutes',
    'stuck in traffic',
    'voy tarde',
  ]],
  ['others', [
    'i\'m calling to move my daughter\'s appointment',
    'move dana kim from ten to three',
    'cancel elena\'s appointment',
  ]],
  ['thanks', [
    'perfect thank you',
    'ok thanks so much',
  ]],
  ['stop_texts', [
    'stop texting me',
    'please don\'t send me any more messages',
    'no me manden mensajes',
    'never text me again',
    'quit messaging me',
    'no more texts please',
    'don\'t text me',
    'no me escriban más',
  ]],
  ['hello', [
    'hello',
    'hi is anyone there',
    'can you hear me',
  ]],
]

/** Nothing of its own on the phone: it means what the same words mean in a text. */
const nothing = [
  'yes',
  'yes please',
  'no',
  'the second one',
  'friday at three',
  'saturday no wait sunday',
  'can i come at four instead',
  'i need to move my appointment',
  'move my appointment to saturday at two please',
  'can i reschedule',
  'what time do you close',
  'where are you located',
  'what\'s your cancellation policy',
  'do i pay if i cancel late',
  'how much is a haircut',
  'i\'d like the four o\'clock',
  'one',
  'two one three five five five oh one oh six',
  'four eight two nine one three',
  'that works',
  'yeah that\'s fine',
  'yes this is fine',
  'this is great thank you for helping',
  'i can\'t make it friday',
  'do you take walk-ins',
  'is there parking',
  'do you do balayage',
  'how long does a color take',
  'i have a package do i still have cuts left',
  'i want to change my stylist',
  'can cruz do it instead of bea',
  'is it okay if my daughter comes with me',
  'can i bring my son',
  'it\'s my birthday',
  'i left my umbrella there',
  'i\'d rather come in the morning',
  'whatever is earliest',
  'none of those work',
  'keep it as it is',
  'never mind',
  'put me on the waitlist for friday',
  'am i on the waitlist',
  'do you sell shampoo',
  'do you take cards',
  'i\'m calling from work',
  'my phone died earlier',
  'sorry i meant thursday',
  'i\'d like to know your hours on sunday',
  'next tuesday afternoon with bea',
  'do you have gift cards',
  'can you do a trim and a blow dry',
  'quiero cambiar mi cita',
  'a qué hora abren',
  'a las tres de la tarde',
  'sí por favor',
  'el segundo',
  'i have an allergy appointment at four can i come at five',
  'what\'s your refund policy',
  'i have a doctor\'s appointment so i need to move mine',
  'my mom said you\'re really good',
  'i\'m free friday',
  'i\'m available after three',
  'it\'s not an emergency',
  'can you text me when a place comes free',
  'could you text me the address',
  'you don\'t text me anymore',
  'do you guys text reminders',
  'my color is bleeding onto the towel',
  'i have a hair emergency can you fit me in',
  'i want to talk about my hair color',
]

test.each(said.flatMap(([about, words]) => words.map((each) => [about, each] as const)))('%s: %s', (about, words) => {
  expect(spot(cleanWords(words))).toBe(about)
})

test.each(nothing)('nothing: %s', (words) => {
  expect(spot(cleanWords(words))).toBeUndefined()
})

test('marks, capitals and accents make no difference, and the gravest counts', () => {
  expect(spot('Español, por favor!')).toBe('spanish')
  expect(spot('This is ridiculous. I can\'t breathe!')).toBe('emergency')
  expect(spot('I want a refund, I got a rash')).toBe('health')
  expect(spot('')).toBeUndefined()
})
