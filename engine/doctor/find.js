/** What of a page may lead on, for a doctor who does not know the shop: links, and what puts a product into the cart. */
({
  links: [...document.querySelectorAll('a[href]')].slice(0, 2000).map((link) => {
    const card = link.closest('li,article,[class*=product i],[class*=card i],[class*=item i]') ?? link;
    return {
      url: link.href,
      text: `${link.textContent} ${link.ariaLabel ?? ''} ${link.title}`.trim().slice(0, 200),
      marks: `${link.className} ${link.id} ${link.closest('[class*=cart i],[id*=cart i]') ? 'cart' : ''}`.slice(0, 300),
      picture: Boolean(card.querySelector('img,picture,svg,[style*=background]')),
      price: /\d/.test(card.textContent) && /[$€£¥₩฿₫]|\b[A-Z]{3}\s?\d|\d\s?(kr|zł|Kč|Ft|лв|руб|元)/.test(card.textContent),
      around: Boolean(link.closest('nav,header,footer')),
    };
  }),
})
