// Package emergency is the layout for a bad night: the counters of the live rollout in large type, one list of what needs a person, and
// one key to halt. It is read at three in the morning on whatever terminal is at hand, so every number has its word beside it and
// nothing is said by colour alone.
//
// In flow views; out goes a halt, a pause or a resume, each after a question with a reason, and a jump to what a line of the list is about.
// It decides nothing and looks nothing up: what needs a person is the engine's list. Start reading at Screen in screen.go.
package emergency
