// Package rollout is the machine that brings a release to the servers of one ring: windows, frozen plans, advertisements and
// their states, admission, cluster locks, restarts, evidence, the stop rule and the forecast.
//
// In flow times, hosts' answers and people's words; out come transitions (Moved), calls that are owed to hosts (Step), and
// reasons. Everything is a value or a pure function: no I/O, no goroutine, no clock but the time it is given. The package does
// not know how a host is reached, where records are kept, or what a screen looks like.
//
// Beside its delivery an advertisement has a drain (drain.go): what the server does for others is taken from it before it is changed and
// given back whatever becomes of it; DrainTransitions is that table. A server that is being drained is shown as running, phase
// "draining": it has its place and its lock, and no installation is ordered yet. One that returns to service keeps its lock.
//
// The life of an advertisement, with who moves it on and what a crash in that state means, is the table Transitions in
// transition.go; a test holds every transition of a simulated night against it. Statuses in status.go is what people see.
//
// Start reading at Advertisement, then Owed (step.go: what is due to the host), Scene.Answer (answer.go: what the host's word
// means), Policy.unfit (preflight.go: who is not staged), Admission.Admit (admission.go: who starts now), Policy.Judge (stop_rule.go: when to stop).
package rollout
