module lab

go 1.21

require (
	github.com/go-resty/resty/v2 v2.7.0
	gopkg.in/yaml.v3 v3.0.1
)

require golang.org/x/net v0.0.0-20211029224645-99673261e6eb // indirect
