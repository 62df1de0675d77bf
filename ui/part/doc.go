// Package part holds the pieces that the console's screens are made of.
package part
