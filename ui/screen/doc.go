// Package screen is the console of one session: the frame with navigation and the line of the live rollout, and the screens behind
// it, each in a package of its own.
//
// In flow the engine's views, at most ten a second, and keys; out go commands, each after a question that was answered. The same list of
// bindings (part.Binding) feeds dispatch, the bottom line, help and the palette, and lacks what the person may not do; the engine
// checks again. The console knows engine.Console and nothing behind it: no store, no servers, no SSH. It keeps no clock: the time
// on the screen is the view's, which is fleet time.
//
// A session makes a Root with New, runs it as a tea.Program without an option for the mouse, which a person may ask for (mouse.go), and calls
// Close when the program has ended. Nothing ticks: a frame is drawn for a key, a newer view, or an answer. Only where the engine does not make
// the view that it promised (View.Beat) does the screen say, and count, how old it is (watch.go). Start reading at Root in root.go, then
// desk.Screen.
package screen
