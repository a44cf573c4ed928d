<?php
/**
 * Plugin Name: Shopbell
 * Description: Adds the Shopbell snippet to a WooCommerce shop, and states each order on the page that thanks for it.
 * Version: 0.1.0
 * Requires at least: 6.2
 * Requires PHP: 7.4
 * Requires Plugins: woocommerce
 * WC requires at least: 8.0
 * License: Apache-2.0
 * Text Domain: shopbell
 *
 * @package Shopbell
 */

defined( 'ABSPATH' ) || exit;

const SHOPBELL_OPTIONS = 'shopbell';

/**
 * Returns what the merchant has set: the engine's address without a slash at its end, and the site's key.
 *
 * @return array{engine: string, site: string, consent: bool}
 */
function shopbell_options(): array {
	$said = (array) get_option( SHOPBELL_OPTIONS, array() );
	return array(
		'engine'  => untrailingslashit( (string) ( $said['engine'] ?? '' ) ),
		'site'    => (string) ( $said['site'] ?? '' ),
		'consent' => ! empty( $said['consent'] ),
	);
}

/**
 * Takes over only what is an address and a key; anything else leaves the field empty.
 *
 * @param mixed $said by the form.
 */
function shopbell_sanitize( $said ): array {
	$said   = is_array( $said ) ? $said : array();
	$engine = esc_url_raw( trim( (string) ( $said['engine'] ?? '' ) ), array( 'https', 'http' ) );
	$site   = trim( (string) ( $said['site'] ?? '' ) );
	return array(
		'engine'  => untrailingslashit( $engine ),
		'site'    => preg_match( '/^pk_\w+$/', $site ) ? $site : '',
		'consent' => empty( $said['consent'] ) ? 0 : 1,
	);
}

/** Prints the snippet's one line; it is loaded beside the page and never waited for. */
function shopbell_tag(): void {
	$options = shopbell_options();
	if ( '' === $options['engine'] || '' === $options['site'] ) {
		return;
	}
	printf(
		'<script async src="%s" data-site="%s"%s></script>' . "\n",
		esc_url( $options['engine'] . '/s.js' ),
		esc_attr( $options['site'] ),
		$options['consent'] ? ' data-consent="required"' : ''
	);
}
add_action( 'wp_head', 'shopbell_tag', 1 );

/**
 * States the order as the snippet reads it, whatever the theme makes of the page. Nothing of the customer is in it.
 *
 * @param int $order_id of the order that was placed.
 */
function shopbell_order( int $order_id ): void {
	$order = wc_get_order( $order_id );
	if ( ! $order || $order->has_status( 'failed' ) ) {
		return;
	}
	$items = array();
	foreach ( $order->get_items() as $line ) {
		$quantity = max( 1, (int) $line->get_quantity() );
		$items[]  = array(
			'item_id'   => (string) $line->get_product_id(),
			'item_name' => wp_strip_all_tags( $line->get_name() ),
			'price'     => (float) wc_format_decimal( (float) $line->get_total() / $quantity, wc_get_price_decimals() ),
			'quantity'  => $quantity,
		);
	}
	$data = array(
		'transaction_id' => (string) $order->get_order_number(),
		'value'          => (float) $order->get_total(),
		'currency'       => $order->get_currency(),
		'tax'            => (float) $order->get_total_tax(),
		'shipping'       => (float) $order->get_shipping_total(),
		'coupon'         => implode( ',', $order->get_coupon_codes() ),
		'items'          => $items,
	);
	$stub = 'window.shopbell=window.shopbell||function(){(shopbell.q=shopbell.q||[]).push(arguments)};';
	$call = 'shopbell("event","purchase",' . wp_json_encode( $data, JSON_HEX_TAG | JSON_HEX_AMP ) . ');';
	wp_print_inline_script_tag( $stub . $call );
}
add_action( 'woocommerce_thankyou', 'shopbell_order' );

/** Says that the shop's tables of orders may be of either kind. */
function shopbell_compatible(): void {
	if ( class_exists( '\Automattic\WooCommerce\Utilities\FeaturesUtil' ) ) {
		\Automattic\WooCommerce\Utilities\FeaturesUtil::declare_compatibility( 'custom_order_tables', __FILE__, true );
		\Automattic\WooCommerce\Utilities\FeaturesUtil::declare_compatibility( 'cart_checkout_blocks', __FILE__, true );
	}
}
add_action( 'before_woocommerce_init', 'shopbell_compatible' );

/** Adds the page of settings. */
function shopbell_menu(): void {
	add_options_page( 'Shopbell', 'Shopbell', 'manage_options', 'shopbell', 'shopbell_page' );
}
add_action( 'admin_menu', 'shopbell_menu' );

/** Lets WordPress keep the settings. */
function shopbell_settings(): void {
	register_setting( 'shopbell', SHOPBELL_OPTIONS, array( 'sanitize_callback' => 'shopbell_sanitize' ) );
}
add_action( 'admin_init', 'shopbell_settings' );

/** Prints the page of settings. */
function shopbell_page(): void {
	$options = shopbell_options();
	?>
	<div class="wrap">
		<h1>Shopbell</h1>
		<form method="post" action="options.php">
			<?php settings_fields( 'shopbell' ); ?>
			<table class="form-table" role="presentation">
				<tr>
					<th><label for="shopbell-engine"><?php esc_html_e( 'Address of your engine', 'shopbell' ); ?></label></th>
					<td><input id="shopbell-engine" class="regular-text" type="url" name="shopbell[engine]"
						placeholder="https://bell.shop.example" value="<?php echo esc_attr( $options['engine'] ); ?>"></td>
				</tr>
				<tr>
					<th><label for="shopbell-site"><?php esc_html_e( 'Site key', 'shopbell' ); ?></label></th>
					<td><input id="shopbell-site" class="regular-text" name="shopbell[site]" pattern="pk_\w+"
						placeholder="pk_..." value="<?php echo esc_attr( $options['site'] ); ?>"></td>
				</tr>
				<tr>
					<th><?php esc_html_e( 'Consent', 'shopbell' ); ?></th>
					<td><label><input type="checkbox" name="shopbell[consent]" value="1" <?php checked( $options['consent'] ); ?>>
						<?php esc_html_e( 'Keep and send nothing before the shopper has agreed', 'shopbell' ); ?></label></td>
				</tr>
			</table>
			<?php submit_button(); ?>
		</form>
	</div>
	<?php
}
