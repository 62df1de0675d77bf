// Package inbox is the page on which a person imports a document that lies in the daemon's inbox: a bulletin from the screen Updates, an
// inventory from the screen Inventory. A terminal cannot carry a file, and who is in one should not have to leave it.
//
// In flow the names of the documents and, when one is chosen, its text through a reader of engine/catalog or engine/inventory, beside the
// session's loop; out goes the command that the question named. The page knows no folder and no file: desk.Inbox is all it has. Start
// reading at Page in page.go; what can be imported is in kind.go.
package inbox
