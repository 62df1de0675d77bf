// Package replay shows a past night of a rollout as its grid was, at any instant, from the audit trail: it plays, goes by single events, and
// jumps to what went wrong. It says REPLAY above and below, and has no key that gives a command.
//
// In flow the raw entries of the trail, read in chunks beside the console's loop and folded by engine.Replay; out comes nothing. Memory is
// bounded by engine.MostReplaySteps. Start reading at Screen in screen.go; read.go finds the night in the trail and reads it.
package replay
