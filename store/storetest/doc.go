// Package storetest is for the tests of everything that keeps records: Conform is the behaviour that every
// engine.Store must show, and Memory is a store without a disk for tests of the engine.
//
// Memory can die at the n-th commit, before or after that commit became durable, and Reopen then gives what a new
// process would find: so a whole night can be crashed at each of its commits in microseconds.
//
// The package knows no Badger. Start reading at conform.go.
package storetest
