// Package pilot chooses the servers that get a release first and holds what people found on them.
//
// In flow the inventory and acceptance results; out come the chosen servers and the state of acceptance. It knows no
// rollout: that is one machine for all rings. Start reading at Choose in choose.go and Acceptance in acceptance.go.
package pilot
