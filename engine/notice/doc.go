// Package notice is what patchdeck tells people: which notice is due when, to whom it goes, what it says, and what became of each copy;
// and the incidents that are opened for servers that need somebody's hands.
//
// In flow releases, change requests, plans, rollouts and the time; out come notices that are due (Scene.Due), their text
// (Templates.Render), who gets them (Book.For), and what happens to each copy (Delivery). The tables Kinds, Transitions and
// IncidentSteps are what help, documentation and tests read.
//
// # Once, and never lost
//
// A notice has a key made of its kind and its matter (and the day, where it comes daily); a key is composed once. Each copy to one
// addressee is a Delivery of its own: it is ordered durably, handed over, and its outcome is made durable. Neither mail nor webhooks
// can be asked afterwards whether they took a copy. So when the end is not known (the process ended between order and outcome, or the
// connection broke after the whole text was handed over) the copy is sent again, once, with the same token: the Message-ID of a
// mail, the webhook-id of a call, by which receivers recognise a copy they have. A missed halt costs more than a mail that some
// servers show twice; after a second unknown end the copy rests as unknown until a person retries or cancels it.
//
// A channel that does not answer keeps its copies waiting, however long; only an addressee that is refused for three days, or for good,
// fails, and stays on the list of what needs a person.
//
// The package must not know how a mail or a call is made, where templates and records are kept, or what the time is. Everything that
// a template prints is of type Text or Moment: what people and servers wrote stays on its line and cannot command a reader.
//
// Start reading at Kinds in kind.go, Scene.Due in due.go, Delivery in delivery.go, Incident in incident.go.
//
// # To check on a real host
//
//   - That the mail system in use drops or threads a second copy with the same Message-ID (Exchange does within its duplicate
//     detection window, many others only show it once).
package notice
