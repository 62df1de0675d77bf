// Package pilot chooses the servers that get a release first and holds what was found on them and after Dev: the four minimum tests that
// every update takes (minimum.go; that it can be removed passes by nothing but a removal that was seen), the test plans of applications, and
// their owners' results (acceptance.go).
//
// In flow the inventory, what pilot servers went through (Trial), and people's results; out come the chosen servers, proofs, and what still
// keeps Prod closed. It knows no rollout: that is one machine for all rings. Start reading at Choose in choose.go, then Trial
// in minimum.go and Acceptance in acceptance.go.
package pilot
