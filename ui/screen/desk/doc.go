// Package desk is what every screen of the console works at: the newest view, who acts, the theme, and the ways to ask, to tell,
// to open another screen and to give a command.
//
// In flow the engine's views, which the root exchanges on the desk before it tells the screen in front; out go commands through
// engine.Console. A desk knows no screen. It never touches the store or a server: engine.Console is all it has.
//
// Charts (track.go) tell how the window at hand goes. What it takes to work that out is asked of the view in a command of its own, so that
// keys never wait for it.
//
// Screens are values with Init, Update, View, Bindings and Title (see Screen). They keep no copy of the view beyond what they draw from,
// and know the selected thing by its id. Start reading at Screen in screen.go.
package desk
