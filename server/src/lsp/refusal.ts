// What a command throws when it cannot do what was asked and the person should hear why.
// Anything else that is thrown is a failure of ours.

/** Its message is one sentence for the person, in the reader's language. */
export class Refusal extends Error {}
