package model

var openaiOperations []operation
