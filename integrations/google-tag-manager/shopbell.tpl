___TERMS_OF_SERVICE___

By creating or modifying this file you agree to Google Tag Manager's Community
Template Gallery Developer Terms of Service available at
https://developers.google.com/tag-manager/gallery-tos (or such other URL as
Google may provide), as modified from time to time.


___INFO___

{
  "type": "TAG",
  "id": "cvt_temp_public_id",
  "version": 1,
  "securityGroups": [],
  "displayName": "Shopbell",
  "categories": ["PERSONALIZATION", "ANALYTICS", "CHAT"],
  "brand": {
    "id": "brand_dummy",
    "displayName": "Shopbell"
  },
  "description": "Adds the Shopbell snippet to every page of your shop: popups at the moment a rule becomes true. Your engine is self-hosted.",
  "containerContexts": [
    "WEB"
  ]
}


___TEMPLATE_PARAMETERS___

[
  {
    "type": "TEXT",
    "name": "engine",
    "displayName": "Address of your engine",
    "simpleValueType": true,
    "help": "Such as https://bell.shop.example, without a slash at the end",
    "valueValidators": [
      {
        "type": "NON_EMPTY"
      },
      {
        "type": "REGEX",
        "args": [
          "^https://[^/?#]+$"
        ]
      }
    ]
  },
  {
    "type": "TEXT",
    "name": "site",
    "displayName": "Site key",
    "simpleValueType": true,
    "help": "pk_..., as shopbell sites add has printed it",
    "valueValidators": [
      {
        "type": "NON_EMPTY"
      },
      {
        "type": "REGEX",
        "args": [
          "^pk_\\w+$"
        ]
      }
    ]
  }
]


___SANDBOXED_JS_FOR_WEB_TEMPLATE___

const injectScript = require('injectScript');
const encodeUriComponent = require('encodeUriComponent');

// a tag manager writes no attributes: the key stands in the address
const url = data.engine + '/s.js?site=' + encodeUriComponent(data.site);
injectScript(url, data.gtmOnSuccess, data.gtmOnFailure, url);


___WEB_PERMISSIONS___

[
  {
    "instance": {
      "key": {
        "publicId": "inject_script",
        "versionId": "1"
      },
      "param": [
        {
          "key": "urls",
          "value": {
            "type": 2,
            "listItem": [
              {
                "type": 1,
                "string": "https://*/s.js*"
              }
            ]
          }
        }
      ]
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  }
]


___TESTS___

scenarios:
- name: The snippet is loaded with the site's key
  code: |-
    mock('injectScript', (url, onSuccess) => {
      assertThat(url).isEqualTo('https://bell.shop.example/s.js?site=pk_abc');
      onSuccess();
    });
    runCode({ engine: 'https://bell.shop.example', site: 'pk_abc' });
    assertApi('gtmOnSuccess').wasCalled();


___NOTES___

The key stands in the address of the script, because injectScript writes no attributes.
