// Package incidents is the screen of what went wrong and of who was told what: incidents on one side, notices on the other, tab between
// them.
//
// In flow the view's incidents and notices; out go the commands of both nouns (open, take, assign, link, resolve, reopen; send, retry,
// cancel). What a notice would say is asked of the engine (PreviewNotice), which writes it as it would be sent; the screen makes no text
// of its own. Start reading at Screen in screen.go.
package incidents
