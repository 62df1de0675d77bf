// Package uitest gives tests of the console something to look at: views of nights as the engine would publish them, a console
// that answers with such a view and writes down what was asked of it, and golden frames.
//
// Nothing here is random: the same call gives the same view. The trail of a night is a real chain, its counts are
// counted from its cells. Start reading at Night in night.go.
package uitest
